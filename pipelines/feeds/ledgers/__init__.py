"""Postings of bookkeeping systems.

A format that the law prescribes is a module; any other table goes by a profile in `tabular`.
"""
