"""Bytes in, typed Polars frames out: one room for each kind of file.

Nothing here writes anything, knows a lake, or asks what time it is.
"""
