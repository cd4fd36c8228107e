"""Feast's objects, derived from the feature tables and their contracts.

What is registered is said here; how it is read and served is not.
"""
