"""Postings as a table of any bookkeeping system, read by a profile saved beside the lake.

No profile ships: every chart of accounts is its own.
"""
