"""Pages for analysts and notebooks for data scientists, written in marimo; nothing imports them.

A page (`liquidity`, `reconciliation`) lays out; what it reads, shows and records is in the modules
beside it, which know nothing of marimo's cells.
"""
