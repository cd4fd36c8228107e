"""The online store: materialised, guarded against older rows, and served by key.

The values are those of the offline store, and a test holds them equal.
"""
