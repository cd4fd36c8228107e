"""The landing zone: files as they arrived, the order of their arrival, and archives within bounds.

Nothing here reads what is inside a file; that is for `feeds` and `ingestion`.
"""
