"""Models trained, judged against their baselines, and what they publish.

One forecaster makes two assets; the models themselves live in `models`.
"""
