"""What the log of a table says about its newest write: when it was made, and what was noted."""

from collections.abc import Mapping
from datetime import UTC, datetime

from deltalake import DeltaTable

from pipelines.lake.lake import Lake

AS_OF_NOTE = "as_of"
"""The key, in a commit's metadata, of the day as of which the rows speak."""

UPKEEP_OPERATIONS = frozenset({"OPTIMIZE", "VACUUM START", "VACUUM END", "SET TBLPROPERTIES"})
"""Operations that write a version and change nothing of what the table says."""


def last_write(lake: Lake, table: str) -> tuple[datetime, Mapping[str, str]]:
    """When the newest version was written that is not upkeep's, and the notes of its commit."""
    commits = lake.open(table).history()
    writes = [one for one in commits if one["operation"] not in UPKEEP_OPERATIONS]
    newest = max(writes or commits, key=lambda one: one["version"])
    notes = {key: value for key, value in newest.items() if isinstance(value, str)}
    return datetime.fromtimestamp(newest["timestamp"] / 1000, UTC), notes


def has_same_rows(table: DeltaTable, since: int) -> bool:
    """Whether every commit after version `since` left the rows as they were."""
    later = table.version() - since
    if later <= 0:
        return later == 0
    return all(commit["operation"] in UPKEEP_OPERATIONS for commit in table.history(later))
