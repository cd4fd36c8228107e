"""Upkeep makes a lake smaller and loses nothing that anybody may still ask for."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.lake.lake import Lake
from pipelines.lake.maintenance import maintain, tables
from pipelines.lake.parquet_parts import write_part
from pipelines.records.control_tables import create_control_tables
from tests.integration.lake.things import SCHEMA, TABLE, keys, things


def test_adopted_files_survive_compaction_and_vacuum(lake: Lake, tmp_path: Path) -> None:
    lake.create(TABLE, SCHEMA)
    for number in range(10):
        part = write_part(things(f"k{number}"), tmp_path / f"{number}.parquet")
        lake.adopt_once(TABLE, [part], transaction_ids=[f"t{number}"])
    later = datetime.now(UTC) + timedelta(days=100)
    (done,) = maintain(lake, now=later, in_flight=timedelta(0))
    assert (done.files_after, done.deleted) == (1, 10)
    assert keys(lake) == [f"k{number}" for number in range(10)]


def test_maintenance_keeps_pinned_versions_and_the_window_and_drops_the_rest(lake: Lake) -> None:
    for number in range(5):
        lake.overwrite(TABLE, things(f"v{number}"))
    later = datetime.now(UTC) + timedelta(days=100)
    (done,) = maintain(lake, now=later, keep_versions={TABLE: [1]}, in_flight=timedelta(0))
    assert done.kept == (1, 4)
    assert done.deleted == 3
    assert keys(lake, version=1) == ["v1"]
    assert keys(lake) == ["v4"]
    with pytest.raises(FileNotFoundError):
        keys(lake, version=2)


def test_maintenance_within_the_window_drops_nothing(lake: Lake) -> None:
    for number in range(5):
        lake.overwrite(TABLE, things(f"v{number}"))
    (done,) = maintain(lake, now=datetime.now(UTC), in_flight=timedelta(0))
    assert done.deleted == 0
    assert [keys(lake, version=number) for number in range(5)] == [[f"v{n}"] for n in range(5)]


def test_maintenance_compacts_and_forgets_no_token(lake: Lake) -> None:
    lake.create(TABLE, SCHEMA)
    for number in range(12):
        lake.append_once(TABLE, things(f"k{number:02}"), transaction_ids=[f"t{number}"])
    later = datetime.now(UTC) + timedelta(days=100)
    (done,) = maintain(lake, now=later, in_flight=timedelta(0))
    assert (done.files_before, done.files_after) == (12, 1)
    assert keys(lake) == [f"k{number:02}" for number in range(12)]
    assert lake.append_once(TABLE, things("k00"), transaction_ids=["t0"]).rows == 0


def test_maintenance_leaves_files_alone_that_a_run_may_still_commit(lake: Lake) -> None:
    lake.create(TABLE, SCHEMA)
    young, old = lake.path(TABLE) / "young.parquet", lake.path(TABLE) / "old.parquet"
    young.write_bytes(b"x")
    old.write_bytes(b"x")
    os.utime(old, (0, 0))
    maintain(lake, now=datetime.now(UTC))
    assert young.exists()
    assert not old.exists()


def test_maintenance_sweeps_what_killed_runs_left(lake: Lake) -> None:
    left = lake.scratch / "intake" / "left"
    left.mkdir(parents=True)
    os.utime(left, (0, 0))
    maintain(lake, now=datetime.now(UTC))
    assert not left.exists()


def test_tables_lists_what_is_there(lake: Lake) -> None:
    create_control_tables(lake)
    lake.create(TABLE, SCHEMA)
    control = (
        *("arrivals", "break_events", "controls", "decisions", "files", "period_closes"),
        *("quarantine", "stated_totals", "withdrawals"),
    )
    assert tables(lake) == (TABLE, *(f"control/{name}" for name in control))
