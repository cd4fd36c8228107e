"""The matching engine: two sides and rules in, matches, breaks and evidence out. Pure.

Frames go in and frames come out; there is no file, no clock and no environment here. `engine` runs
a rule set, `pipeline` runs every reconciliation of the house.
"""
