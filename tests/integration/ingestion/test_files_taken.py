"""Files reach bronze once, with their origin, and what they said is on record."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from pipelines.ingestion import ensure_tables
from pipelines.lake.lake import Lake
from pipelines.landing.zone import scan
from pipelines.records.control_tables import FILES, QUARANTINE
from tests.integration.ingestion.journals import LEDGER, contents, take, write


def test_a_good_file_reaches_bronze_with_its_origin(
    lake: Lake, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write(tmp_path / "in" / "ledger" / "2026-02-03", "a.csv", "J1;1;5.00;0;EUR", "J1;2;0;5.00;EUR")
    taken = take(lake, con, tmp_path / "in")
    rows = lake.read(LEDGER).sort("line_number").collect()
    assert [file.state for file in taken.files] == ["loaded"]
    assert rows["debit"].to_list() == [Decimal("5.000"), Decimal("0.000")]
    assert rows["source_row"].to_list() == [2, 3]
    assert rows["source_file"].unique().to_list() == ["ledger/2026-02-03/a.csv"]
    assert rows["source_sha256"].unique().to_list() == [scan(lake)[0].sha256]
    assert rows["known_at"].unique().to_list() == [datetime(2026, 2, 3, 23, 59, 59, tzinfo=UTC)]


def test_the_same_files_again_add_nothing(
    lake: Lake, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write(tmp_path / "in", "a.csv", "J1;1;5.00;0;EUR", "rubbish")
    take(lake, con, tmp_path / "in")
    before, versions = contents(lake), [lake.version(t) for t in (LEDGER, FILES, QUARANTINE)]
    again = take(lake, con, tmp_path / "in", date(2026, 3, 5))
    assert again.files == ()
    assert contents(lake) == before
    assert [lake.version(t) for t in (LEDGER, FILES, QUARANTINE)] == versions


def test_a_file_without_rows_is_on_record_as_empty(
    lake: Lake, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write(tmp_path / "in", "a.csv")
    assert [file.state for file in take(lake, con, tmp_path / "in").files] == ["empty"]


def test_findings_are_on_record(lake: Lake, con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    write(tmp_path / "in", "a.csv", "J1;1;5.00;0;EUR", "ODD")
    take(lake, con, tmp_path / "in")
    said = json.loads(lake.read(FILES).collect()["findings"][0])
    assert said == [{"code": "odd", "message": "it is odd", "place": "line 3"}]


def test_files_that_wait_together_make_one_commit_per_table(
    lake: Lake, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    ensure_tables(lake)
    for day in range(1, 20):
        write(tmp_path / "in" / "ledger" / f"2026-02-{day:02}", "a.csv", f"J{day};1;5.00;0;EUR")
    take(lake, con, tmp_path / "in")
    assert lake.version(LEDGER) == 1
    assert lake.read(LEDGER).collect().height == 19


def test_a_corrected_file_leaves_both_versions_readable(
    lake: Lake, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write(tmp_path / "in" / "ledger" / "2026-02-03", "a.csv", "J1;1;5.00;0;EUR")
    take(lake, con, tmp_path / "in")
    write(tmp_path / "in" / "ledger" / "2026-02-03", "a.csv", "J1;1;6.00;0;EUR")
    taken = take(lake, con, tmp_path / "in")
    assert taken.count("loaded") == 1
    assert taken.files[0].file != "ledger/2026-02-03/a.csv"
    assert sorted(lake.read(LEDGER).collect()["debit"]) == [Decimal(5), Decimal(6)]


def test_the_same_bytes_under_another_name_are_a_duplicate(
    lake: Lake, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write(tmp_path / "in", "a.csv", "J1;1;5.00;0;EUR")
    write(tmp_path / "in", "b.csv", "J1;1;5.00;0;EUR")
    take(lake, con, tmp_path / "in")
    states = dict(lake.read(FILES).select("file", "state").collect().iter_rows())
    assert states == {"ledger/2026-02-28/a.csv": "loaded", "ledger/2026-02-28/b.csv": "duplicate"}
    assert lake.read(LEDGER).collect().height == 1
