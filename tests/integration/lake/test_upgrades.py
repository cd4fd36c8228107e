"""A lake goes forward to today's format: each change once, on record, whatever is killed when."""

import shutil
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.lake.lake import Lake
from pipelines.lake.maintenance import tables
from pipelines.lake.upgrades.change import (
    ColumnsRenamed,
    FileTextReplaced,
    TableRenamed,
    ValuesRenamed,
)
from pipelines.lake.upgrades.format_version import (
    FORMAT_VERSIONS,
    UNRECORDED,
    FormatError,
    record_version,
    recorded_versions,
)
from pipelines.lake.upgrades.steps import UPGRADES
from pipelines.lake.upgrades.upgrade import (
    CREATED,
    Upgrade,
    format_version,
    refuse_unreadable,
    upgrade_lake,
)
from tests.integration.lake.things import SCHEMA, TABLE, keys, things

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)

FIRST = Upgrade(
    1,
    "first",
    (
        TableRenamed("bronze/stuff", TABLE),
        ColumnsRenamed(TABLE, {"label": "key"}),
        ValuesRenamed(TABLE, "key", {"old": "new"}),
    ),
)
SECOND = Upgrade(2, "second", (FileTextReplaced("note.txt", "one", "two", "a number"),))
STEPS = (FIRST, SECOND)


@pytest.fixture
def old(lake: Lake) -> Lake:
    """A lake of no recorded format: another table name, column name, word and text."""
    lake.create("bronze/stuff", SCHEMA)
    lake.append_once("bronze/stuff", things("old", "other"), transaction_ids=["first"])
    lake.overwrite("bronze/stuff", lake.read("bronze/stuff").rename({"key": "label"}).collect())
    (lake.root / "note.txt").write_text("one and one\n", "utf-8")
    return lake


def upgraded(lake: Lake, steps: tuple[Upgrade, ...] = STEPS) -> list[int]:
    done = upgrade_lake(lake, steps, release="1.2.3", now=NOON, work="a test")
    return [step.version for step in done]


def state(lake: Lake) -> tuple[object, ...]:
    return (
        tables(lake),
        lake.read(TABLE).sort("key").collect().rows(),
        recorded_versions(lake).rows(),
        (lake.root / "note.txt").read_text("utf-8"),
    )


def test_an_older_lake_is_upgraded_once_and_that_is_on_record(old: Lake) -> None:
    assert format_version(old) == UNRECORDED
    assert upgraded(old) == [1, 2]
    assert keys(old) == ["new", "other"]
    assert tables(old) == (TABLE, FORMAT_VERSIONS)
    assert recorded_versions(old).rows() == [
        (1, "first", NOON, "1.2.3"),
        (2, "second", NOON, "1.2.3"),
    ]
    assert (old.root / "note.txt").read_text("utf-8") == "two and two\n"
    versions = {table: old.version(table) for table in tables(old)}
    assert upgraded(old) == []
    assert {table: old.version(table) for table in tables(old)} == versions


def test_history_and_idempotency_keys_go_along_with_a_renamed_table(old: Lake) -> None:
    upgraded(old)
    assert old.recorded(TABLE, ["first"]) == {"first"}
    assert old.append_once(TABLE, things("old"), transaction_ids=["first"]).rows == 0
    assert sorted(old.read(TABLE, version=1).collect()["key"]) == ["old", "other"]


@pytest.mark.parametrize("kill", range(9))
def test_an_upgrade_that_is_killed_anywhere_ends_equal_when_it_is_begun_again(
    old: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kill: Any
) -> None:
    other = Lake(tmp_path / "undisturbed")
    _copy(old.root, other.root)
    upgraded(other)
    left = kill

    def die(*_: object) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt

    for name in ("overwrite", "create", "append_once"):
        real = getattr(Lake, name)

        def watched(*given: Any, _real: Any = real, **more: Any) -> Any:
            die()
            made = _real(*given, **more)
            die()
            return made

        monkeypatch.setattr(Lake, name, watched)
    with suppress(KeyboardInterrupt):
        upgraded(old)
    assert left < 0, "nothing was killed: the upgrade writes less often than this"
    monkeypatch.undo()
    upgraded(old)
    assert state(old) == state(other)


def test_a_lake_without_tables_is_made_in_todays_format(lake: Lake) -> None:
    assert upgraded(lake) == []
    assert recorded_versions(lake).rows() == [(2, CREATED, NOON, "1.2.3")]


def test_a_newer_lake_is_refused_by_name_before_anything_is_written(old: Lake) -> None:
    record_version(old, 7, upgrade="later", release="9.0.0", now=NOON)
    before = _bytes(old.root)
    for attempt in (upgraded, lambda lake: refuse_unreadable(lake, STEPS)):
        with pytest.raises(FormatError, match=r"has format 7, given to it by release 9\.0\.0"):
            attempt(old)
    assert _bytes(old.root) == before


def test_a_lake_that_reading_would_misread_is_refused_with_what_to_do(old: Lake) -> None:
    with pytest.raises(
        FormatError, match=r"bronze/stuff is called bronze/things.*countinghouse run"
    ):
        refuse_unreadable(old, STEPS)
    upgraded(old, (FIRST,))
    refuse_unreadable(old, STEPS)  # what is left to change is no table


def test_an_empty_table_of_the_new_name_gives_way_and_a_full_one_does_not(old: Lake) -> None:
    old.create(TABLE, SCHEMA)
    upgraded(old)
    assert keys(old) == ["new", "other"]
    old.create("bronze/stuff", SCHEMA)
    old.append_once("bronze/stuff", things("late"), transaction_ids=["late"])
    with pytest.raises(FormatError, match="both bronze/stuff and bronze/things"):
        TableRenamed("bronze/stuff", TABLE).apply(old)
    assert keys(old) == ["new", "other"]


def test_a_table_with_the_old_and_the_new_column_is_refused(old: Lake) -> None:
    rows = old.read("bronze/stuff").with_columns(pl.col("label").alias("key"))
    old.overwrite("bronze/stuff", rows.collect())
    with pytest.raises(FormatError, match="old and of the new name: label"):
        ColumnsRenamed("bronze/stuff", {"label": "key"}).apply(old)


def test_the_upgrades_of_this_release_go_one_by_one_from_the_first() -> None:
    assert [step.version for step in UPGRADES] == list(range(1, len(UPGRADES) + 1))


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
