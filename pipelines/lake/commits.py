"""What the log of a table says of its commits: when each was made, and what was noted."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from deltalake import DeltaTable

from pipelines.lake.lake import Lake

AS_OF_NOTE = "as_of"
"""The key, in a commit's metadata, of the day as of which the rows speak."""

MAINTENANCE_OPERATIONS = frozenset({"OPTIMIZE", "VACUUM START", "VACUUM END", "SET TBLPROPERTIES"})
"""Operations that write a version and change nothing of what the table says."""


def commits_of(table: DeltaTable, most: int | None = None) -> list[dict[str, Any]]:
    """What is noted of the newest commits, the newest first, each with its `version`.

    delta-rs finds none, without a word, where a folder's name has a `#`: the log is read then.
    """
    return table.history(most) or list(islice(_logged(table), most))


def _logged(table: DeltaTable) -> Iterator[dict[str, Any]]:
    folder = Path(unquote(table.table_uri.removeprefix("file://"))) / "_delta_log"
    for version in range(table.version(), -1, -1):
        path = folder / f"{version:020}.json"
        if not path.exists():  # older ones are in a checkpoint, which says nothing of commits
            return
        actions = (json.loads(line) for line in path.read_text("utf-8").splitlines())
        noted: dict[str, Any] = next(filter(None, (one.get("commitInfo") for one in actions)), {})
        made = int(path.stat().st_mtime * 1000)
        yield {"timestamp": made, "operation": "", **noted, "version": version}


def last_write(lake: Lake, table: str) -> tuple[datetime, Mapping[str, str]]:
    """When the newest version was written that is not upkeep's, and the notes of its commit."""
    commits = commits_of(lake.open(table))
    writes = [one for one in commits if one["operation"] not in MAINTENANCE_OPERATIONS]
    newest = max(writes or commits, key=lambda one: one["version"])
    notes = {key: value for key, value in newest.items() if isinstance(value, str)}
    return datetime.fromtimestamp(newest["timestamp"] / 1000, UTC), notes


def has_same_rows(table: DeltaTable, since: int) -> bool:
    """Whether every commit after version `since` left the rows as they were."""
    later = table.version() - since
    if later <= 0:
        return later == 0
    commits = commits_of(table, later)
    known = len(commits) == later
    return known and all(commit["operation"] in MAINTENANCE_OPERATIONS for commit in commits)
