"""What a lake's own Dagster has on record, for tests to read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest

from pipelines.defs.launch import instance_of


@contextmanager
def records(lake: Path) -> Iterator[dg.DagsterInstance]:
    """The instance that lies with a lake."""
    home = lake / ".dagster"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(home))
        instance = instance_of(home)
    with instance:
        yield instance


def told_at(instance: dg.DagsterInstance, table: str) -> float:
    """When a table was told last to have been made anew; 0 for never."""
    event = instance.get_latest_materialization_event(dg.AssetKey(table.split("/")))
    return 0.0 if event is None else event.timestamp
