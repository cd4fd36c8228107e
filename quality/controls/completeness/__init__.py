"""Controls of completeness: nothing lost, doubled, vanished or without what it names.

Each module follows rows from a file to the tables they went into.
"""
