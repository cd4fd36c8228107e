"""The landing zone: files as they arrived, which are finished, and the order of their arrival.

Nothing here reads what is inside a file; that is for `feeds` and `ingestion`.
"""
