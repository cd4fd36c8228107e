"""The feature store, materialised and proven equal offline and online."""
