"""What surrounds the pure engine: decisions and break events, back-tests, accuracy, CSV files.

The engine itself lives in `quality/reconciliation` and knows nothing of a lake.
"""
