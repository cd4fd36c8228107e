"""How fast, how lean and how right the matching engine is: on synthetic books and on the demo.

What judges a matching is in `scores`; the peers beside it are in `peers`.
"""
