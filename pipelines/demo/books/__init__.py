"""The institution's books: journals, accruals, cash and treasury.

Every amount here follows from something in `portfolio`.
"""
