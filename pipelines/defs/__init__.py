"""Dagster objects and nothing else: each asset reads, makes one pure call, writes, and says so.

The folders repeat the stages; what an asset calls lives in the room of its stage.
"""
