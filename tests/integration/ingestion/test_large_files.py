"""Files and batches too large to hold at once are taken in pieces that add up."""

from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.ingestion import format_detection
from pipelines.ingestion.staging import table_buffer
from pipelines.lake.lake import Lake
from pipelines.records.control_tables import QUARANTINE
from tests.integration.ingestion.journals import HEAD, LEDGER, take, write


def test_a_line_without_end_is_refused_without_being_read_into_memory(
    lake: Lake, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    write(folder, "good.csv", "J1;1;5.00;0;EUR")
    with (folder / "line.csv").open("wb") as out:
        out.write(HEAD.encode() + b"\nJ1;1;5.00;0;EUR\n")
        out.seek(64 << 20)
        out.write(b"\nEND\n")
    taken = take(lake, con, folder)
    (refused,) = [file for file in taken.files if file.state == "refused"]
    assert "A line is longer than 16 MiB. byte 25" in refused.reason
    assert taken.count("loaded") == 1


@pytest.mark.parametrize(("length", "state"), [(4_000, "loaded"), (4_200, "refused")])
def test_the_bound_holds_for_one_line_and_not_for_the_file(
    lake: Lake,
    con: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    length: int,
    state: str,
) -> None:
    monkeypatch.setattr(format_detection, "LONGEST_LINE", 4_096)
    monkeypatch.setattr(format_detection, "_CHUNK", 500)
    lines = [f"J{number};1;5.00;0;EUR" for number in range(300)]
    write(tmp_path / "in", "a.csv", *lines, "x" * length, *lines)
    assert [file.state for file in take(lake, con, tmp_path / "in").files] == [state]


def test_a_large_batch_with_refused_rows_keeps_every_other_row(
    lake: Lake, con: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_buffer, "_ENOUGH", 10)
    for number in range(9):
        bad = f"J{number};9;-1;0;EUR"
        good = [f"J{number};{line};1;0;EUR" for line in range(7)]
        write(tmp_path / "in", f"{number}.csv", *good[:number], bad, *good[number:])
    taken = take(lake, con, tmp_path / "in")
    assert taken.total("loaded").rows == 63
    rows = lake.read(LEDGER).collect()
    assert rows.height == 63
    assert rows.filter(pl.col("debit") < 0).is_empty()
    turned = lake.read(QUARANTINE).sort("file").collect()
    assert turned["source_row"].to_list() == [2, 3, 4, 5, 6, 7, 8, 9, 9]
    assert turned["file"].n_unique() == 9


def test_a_refused_file_takes_back_what_was_set_aside(
    lake: Lake, con: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_buffer, "_ENOUGH", 2)
    write(tmp_path / "in", "a.csv", *(f"J1;{n};1;0;EUR" for n in range(9)), "BUG")
    write(tmp_path / "in", "b.csv", "J2;1;1;0;EUR")
    taken = take(lake, con, tmp_path / "in")
    assert (taken.count("refused"), taken.count("loaded")) == (1, 1)
    assert lake.read(LEDGER).collect()["journal_id"].to_list() == ["J2"]
    assert list((lake.scratch / "intake").iterdir()) == []
