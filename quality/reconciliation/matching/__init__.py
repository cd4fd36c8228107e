"""Which rows settle each other: blocking, match weights, assignment, groups, batches, offsets.

`state` is what all of them share while a rule set runs.
"""
