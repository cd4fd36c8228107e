"""The feature store, materialised and proven equal offline and online.

Views and services themselves are defined in `features`.
"""
