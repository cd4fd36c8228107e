"""Side by side with peers and with the physical limit, as ratios within one run.

Each module is a command of its own; `python -m benchmarks` runs those that need nothing but the
repository. Nothing imports them but their tests.
"""
