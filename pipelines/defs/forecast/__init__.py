"""Models trained, judged against their baselines, and what they publish."""
