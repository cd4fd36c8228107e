"""Dagster objects and nothing else: each asset reads, makes one pure call, writes, and says so."""
