"""What a run of figures is: what it read, the builds on record, the versions it pins, its summary.

What a run does lives in the rooms that do it; Dagster puts them in order in `defs`.
"""
