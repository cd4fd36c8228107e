"""Our readers beside the best readers of others, on files composed here.

A reader of statements belongs in `statement_readers`, its files in `statement_samples`.
"""
