"""Rows set aside on disk between reader and table, until their whole file is known to be good.

What is kept here belongs to one run and is deleted with it.
"""
