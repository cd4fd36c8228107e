"""ISO 20022 cash management: camt.052 reports, camt.053 statements, camt.054 notifications.

`reader` goes through a message; the other modules know one part of it each.
"""
