"""What the log of a table says about its newest write: when it was made, and what was noted."""

from collections.abc import Mapping
from datetime import UTC, datetime

from pipelines.lake.lake import Lake

AS_OF_NOTE = "as_of"
"""The key, in a commit's metadata, of the day as of which the rows speak."""

UPKEEP_OPERATIONS = frozenset({"OPTIMIZE", "VACUUM START", "VACUUM END"})
"""Operations that write a version and change nothing of what the table says."""


def last_write(lake: Lake, table: str) -> tuple[datetime, Mapping[str, str]]:
    """When the newest version was written that is not upkeep's, and the notes of its commit."""
    commits = lake.open(table).history()
    writes = [one for one in commits if one["operation"] not in UPKEEP_OPERATIONS]
    newest = max(writes or commits, key=lambda one: one["version"])
    notes = {key: value for key, value in newest.items() if isinstance(value, str)}
    return datetime.fromtimestamp(newest["timestamp"] / 1000, UTC), notes
