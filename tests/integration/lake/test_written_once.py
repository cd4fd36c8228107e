"""What has a transaction id is written once, whoever else writes at the same time."""

import threading
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import pipelines.lake.lake
from pipelines.lake.duckdb_connection import connect
from pipelines.lake.lake import Lake
from pipelines.lake.parquet_parts import write_part
from pipelines.lake.write_result import ConflictError
from tests.integration.lake.things import NOON, SCHEMA, TABLE, keys, things


def test_a_transaction_id_is_committed_once(lake: Lake) -> None:
    lake.create(TABLE, SCHEMA)
    assert lake.append_once(TABLE, things("a", "b"), transaction_ids=["one"]).rows == 2
    again = lake.append_once(TABLE, things("a", "b"), transaction_ids=["one"])
    assert (again.rows, again.version) == (0, 1)
    assert keys(lake) == ["a", "b"]


def test_a_commit_without_rows_still_records_its_tokens(lake: Lake) -> None:
    lake.create(TABLE, SCHEMA)
    lake.append_once(TABLE, things(), transaction_ids=["one"])
    assert lake.recorded(TABLE, ["one", "two"]) == {"one"}


def test_tokens_that_are_recorded_in_part_are_a_conflict(lake: Lake) -> None:
    lake.create(TABLE, SCHEMA)
    lake.append_once(TABLE, things("a"), transaction_ids=["one"])
    with pytest.raises(ConflictError, match="1 of 2"):
        lake.append_once(TABLE, things("a", "b"), transaction_ids=["one", "two"])
    assert keys(lake) == ["a"]


def test_tokens_outlive_checkpoints(lake: Lake) -> None:
    lake.create(TABLE, SCHEMA)
    for number in range(50):
        lake.append_once(TABLE, things(f"k{number}"), transaction_ids=[f"t{number}"])
    lake.open(TABLE).create_checkpoint()
    lake.append_once(TABLE, things("last"), transaction_ids=["last"])
    wanted = [f"t{number}" for number in range(60)] + ["last"]
    seen = lake.recorded(TABLE, wanted)
    assert seen == {*wanted[:50], "last"}
    opened = lake.open(TABLE)
    assert seen == {one for one in wanted if opened.transaction_version(one) is not None}


def test_two_writers_of_the_same_tokens_write_once(lake: Lake) -> None:
    lake.create(TABLE, SCHEMA)
    start, outcomes = threading.Barrier(4), []

    def write() -> None:
        start.wait()
        outcomes.append(
            lake.append_once(TABLE, things("a", "b"), transaction_ids=["one", "two"]).rows
        )

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(outcomes) == [0, 0, 0, 2]
    assert keys(lake) == ["a", "b"]


@pytest.mark.parametrize("adopted", [False, True], ids=["rows", "files"])
def test_a_writer_that_slips_in_behind_the_look_for_tokens_doubles_nothing(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, adopted: bool
) -> None:
    lake.create(TABLE, SCHEMA)
    looked_for = getattr(pipelines.lake.lake, "committed_transaction_ids")  # noqa: B009

    def slipped_in(*given: Any) -> Any:
        monkeypatch.undo()  # the other writer looks and writes undisturbed
        found = looked_for(*given)
        assert lake.append_once(TABLE, things("a"), transaction_ids=["one"]).rows == 1
        return found

    monkeypatch.setattr(pipelines.lake.lake, "committed_transaction_ids", slipped_in)
    if adopted:
        part = write_part(things("a"), tmp_path / "a.parquet")
        assert lake.adopt_once(TABLE, [part], transaction_ids=["one"]).rows == 0
    else:
        assert lake.append_once(TABLE, things("a"), transaction_ids=["one"]).rows == 0
    assert keys(lake) == ["a"]


def test_writers_of_different_tokens_all_write(lake: Lake) -> None:
    lake.create(TABLE, SCHEMA)
    names = [f"w{number}" for number in range(8)]
    writers = [
        threading.Thread(
            target=lake.append_once, args=(TABLE, things(name)), kwargs={"transaction_ids": [name]}
        )
        for name in names
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert keys(lake) == names
    assert lake.recorded(TABLE, names) == set(names)


def test_a_stream_from_duckdb_is_appended_with_its_types(lake: Lake) -> None:
    lake.create(TABLE, SCHEMA)
    lake.append_once(TABLE, things("a", "b"), transaction_ids=["one"])
    with connect(lake) as con:
        stream = lake.relation(con, TABLE).to_arrow_reader()
        assert lake.append_once(TABLE, stream, transaction_ids=["two"]).rows == 2
    assert lake.read(TABLE).collect().schema == SCHEMA
    assert keys(lake) == ["a", "a", "b", "b"]


def test_parquet_files_are_adopted_as_they_are_and_once(lake: Lake, tmp_path: Path) -> None:
    lake.create(TABLE, SCHEMA)
    parts = [write_part(things(key), tmp_path / f"{key}.parquet") for key in ("a", "b")]
    assert lake.adopt_once(TABLE, parts, transaction_ids=["one"]).rows == 2
    assert lake.adopt_once(TABLE, parts, transaction_ids=["one"]).rows == 0
    for part in parts:
        part.path.unlink()
    assert keys(lake) == ["a", "b"]
    with connect(lake, delta=True) as con:
        at = "timestamptz '2026-01-02 12:00:00+00'"
        delta = f"select key from delta_scan('{lake.path(TABLE)}') where \"at\" = {at} order by 1"
        assert con.sql(delta).fetchall() == [("a",), ("b",)]
    files = lake.open(TABLE).get_add_actions(flatten=True)
    assert files["num_records"].to_pylist() == [1, 1]


def test_a_file_of_other_columns_is_not_adopted(lake: Lake, tmp_path: Path) -> None:
    lake.create(TABLE, SCHEMA)
    part = write_part(things("a").drop("day"), tmp_path / "a.parquet")
    with pytest.raises(ValueError, match="has not the columns"):
        lake.adopt_once(TABLE, [part], transaction_ids=["one"])
    assert lake.version(TABLE) == 0


def test_adopting_nothing_still_records_the_tokens(lake: Lake) -> None:
    lake.create(TABLE, SCHEMA)
    assert lake.adopt_once(TABLE, [], transaction_ids=["one"]).rows == 0
    assert lake.recorded(TABLE, ["one"]) == {"one"}


def test_a_part_whose_columns_stand_in_another_order_is_read_by_their_names(
    lake: Lake, tmp_path: Path
) -> None:
    """A contract may name a new column anywhere; the table has it last, old files not at all."""
    lake.create(TABLE, SCHEMA)
    lake.append_once(TABLE, things("a"), transaction_ids=["one"])
    lake.widen(TABLE, {"mark": pl.String()})
    names = ["key", "mark", "amount", "at", "day"]
    frame = things("b").with_columns(pl.lit("copy").alias("mark")).select(names)
    part = write_part(frame, tmp_path / "part.parquet")
    lake.adopt_once(TABLE, [part], transaction_ids=["two"])
    wanted = [("a", None, NOON), ("b", "copy", NOON)]
    chosen = ["key", "mark", "at"]
    assert sorted(lake.read(TABLE, columns=chosen).collect().rows()) == wanted
    with connect(lake) as con:
        relation = lake.relation(con, TABLE).select(*chosen).order("key")
        assert relation.to_arrow_table().column("mark").to_pylist() == [None, "copy"]
    arrow = lake.open(TABLE).to_pyarrow_table(columns=chosen).sort_by("key")
    assert arrow.column("mark").to_pylist() == [None, "copy"]
