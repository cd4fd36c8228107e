"""Delta tables under one folder and the few verbs on them: append once, replace, merge, read as of.

Nothing here knows the trade: what a table means is said by whoever writes it.
"""
