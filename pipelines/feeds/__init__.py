"""Bytes of a file into typed Polars frames, one room for each kind of document. Nothing is written.

Readers lie in `statements`, `payments`, `settlements`, `ledgers` and `contract_tables`. `parsing`
and `xml` hold what all of them read with: text, numbers, dates, archives, XML, each once.
"""
