"""Manual decisions as data: what was decided, how it is replayed, whether it counts.

Recording one is for `pipelines/reconciliation`.
"""
