"""A simulated institution: its customers, its books, its banks and the files they would deliver.

Everything that comes from here calls itself synthetic.
"""
