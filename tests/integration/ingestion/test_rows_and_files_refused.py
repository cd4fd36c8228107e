"""A bad row goes into quarantine and a bad file is refused; all the others go on."""

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.ingestion import ingest, waiting
from pipelines.ingestion.readers_version import readers_version
from pipelines.lake.lake import Lake
from pipelines.landing.arrival_order import arrivals
from pipelines.landing.zone import UNKNOWN, copy_into_landing, scan
from pipelines.records.control_tables import FILES, QUARANTINE
from pipelines.records.status import status
from tests.integration.ingestion.journals import DAY, FORMATS, LEDGER, NOW, take, write


def test_rows_and_money_in_are_loaded_or_in_quarantine(
    lake: Lake, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    lines = ("J1;1;5.00;0;EUR", "J1;2;-3.00;0;EUR", "rubbish", "J1;1;5.00;0;EUR", "J2;1;0;1;euro")
    write(tmp_path / "in", "a.csv", *lines)
    (file,) = take(lake, con, tmp_path / "in").files
    assert (file.came_in.rows, file.loaded.rows, file.quarantined.rows) == (5, 1, 4)
    assert file.came_in.amount == Decimal("13.000")  # 5 - 3 + 7 + 5 - 1
    assert file.loaded.amount == Decimal("5.000")
    assert file.quarantined.amount == Decimal("8.000")
    stored = lake.read(FILES).collect().row(0, named=True)
    assert stored["amount_in"] == stored["amount_loaded"] + stored["amount_quarantined"]
    assert stored["reason"] == "4 of 5 rows are in quarantine"


def test_quarantined_rows_say_where_they_stand_and_why(
    lake: Lake, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write(tmp_path / "in", "a.csv", "J1;1;5.00;0;EUR")
    write(tmp_path / "in", "b.csv", "rubbish", "J9;1;1;0;EUR", "J9;1;2;0;EUR", "J8;1;-3.00;0;EUR")
    take(lake, con, tmp_path / "in")
    rows = lake.read(QUARANTINE).sort("source_row").collect()
    assert rows["source_row"].to_list() == [2, 4, 5]
    assert rows["rule"].to_list() == ["unreadable", "key_is_unique", "sides_are_not_negative"]
    assert rows["file"].unique().to_list() == ["ledger/2026-02-28/b.csv"]
    assert rows["content"].to_list()[0] == "rubbish"
    assert json.loads(rows["content"].to_list()[2])["debit"] == "-3.000"


def test_bad_files_are_refused_as_a_whole_and_the_others_go_on(
    lake: Lake, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    folder = tmp_path / "in" / "ledger" / "2026-02-03"
    write(folder, "good.csv", "J1;1;5.00;0;EUR")
    write(folder, "cut.csv", "J2;1;5.00;0;EUR", end="")
    write(folder, "bug.csv", "J3;1;5.00;0;EUR", "BUG")
    (folder / "nothing.csv").touch()
    (folder / "binary.csv").write_bytes(bytes(range(256)))
    (folder / "rates.csv").write_text("#rates\nEND\n")
    taken = take(lake, con, tmp_path / "in")
    reasons = {file.file.split("/")[-1]: file.reason for file in taken.files}
    assert taken.count("refused") == 5
    assert taken.count("loaded") == 1
    assert reasons["cut.csv"] == "The file ends in the middle. line 2"
    assert "ZeroDivisionError" in reasons["bug.csv"]
    assert "empty" in reasons["nothing.csv"]
    assert "binary data" in reasons["binary.csv"]
    assert "Land it in the feed reference" in reasons["rates.csv"]
    assert lake.read(LEDGER).collect()["journal_id"].to_list() == ["J1"]


def test_a_refused_file_is_recorded_once_and_not_tried_again(
    lake: Lake, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write(tmp_path / "in", "cut.csv", "J2;1;5.00;0;EUR", end="")
    take(lake, con, tmp_path / "in")
    take(lake, con, tmp_path / "in")
    assert lake.read(FILES).collect()["state"].to_list() == ["refused"]
    assert waiting(lake, scan(lake)) == ()


def test_a_misplaced_file_is_taken_when_it_lands_in_the_right_feed(
    lake: Lake, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write(tmp_path / "one" / "reference" / "2026-02-03", "a.csv", "J1;1;5.00;0;EUR")
    write(tmp_path / "two" / "ledger" / "2026-02-03", "a.csv", "J1;1;5.00;0;EUR")
    assert take(lake, con, tmp_path / "one").count("refused") == 1
    assert take(lake, con, tmp_path / "two").count("loaded") == 1


def test_a_landed_file_that_changes_in_place_is_refused(
    lake: Lake, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write(tmp_path / "in", "a.csv", "J1;1;5.00;0;EUR")
    take(lake, con, tmp_path / "in")
    landed = scan(lake)[0].path
    landed.chmod(0o644)
    write(landed.parent, landed.name, "J1;1;999.00;0;EUR")
    taken = ingest(lake, con, scan(lake), formats=FORMATS, now=NOW)
    assert [file.state for file in taken.files] == ["refused"]
    assert lake.read(LEDGER).collect()["debit"].to_list() == [Decimal(5)]


def _refused_once(
    lake: Lake, con: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "in", "cut.csv", "J2;1;5.00;0;EUR", "and no more", end="")
    taken = take(lake, con, tmp_path / "in")
    assert taken.count("refused") == 1
    monkeypatch.setattr("tests.integration.ingestion.journals.LAST", "")


def _states(lake: Lake) -> list[Any]:
    rows = lake.read(FILES).sort("attempt").collect()
    return [(row["state"], row["attempt"]) for row in rows.iter_rows(named=True)]


def test_a_newer_reader_tries_a_refused_file_by_itself_and_conserves_it(
    lake: Lake, con: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _refused_once(lake, con, tmp_path, monkeypatch)
    ingest(lake, con, scan(lake), formats=FORMATS, now=NOW)
    assert _states(lake) == [("refused", 1)]
    monkeypatch.setattr("pipelines.ingestion.readers_version._shipped", lambda: "newer")
    (file,) = ingest(lake, con, scan(lake), formats=FORMATS, now=NOW + timedelta(hours=1)).files
    assert (file.state, file.came_in, file.attempt) == ("loaded", file.loaded, 2)
    assert _states(lake) == [("refused", 1), ("loaded", 2)]
    assert lake.read(LEDGER).collect()["journal_id"].to_list() == ["J2"]
    assert status(lake).files["state"].to_list() == ["loaded"]
    assert waiting(lake, scan(lake)) == ()


def test_a_file_that_is_refused_again_has_a_row_for_each_attempt(
    lake: Lake, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write(tmp_path / "in", "cut.csv", "J2;1;5.00;0;EUR", end="")
    take(lake, con, tmp_path / "in")
    for hours in (1, 2):
        now = NOW + timedelta(hours=hours)
        again = {landed.file for landed in scan(lake)}
        ingest(lake, con, scan(lake), formats=FORMATS, now=now, again=again)
    assert _states(lake) == [("refused", 1), ("refused", 2), ("refused", 3)]
    assert status(lake).files.height == 1


def test_a_saved_profile_is_another_reader(lake: Lake) -> None:
    before = readers_version(lake)
    folder = lake.profiles / "statements"
    folder.mkdir(parents=True)
    (folder / "bank.yaml").write_text("name: bank\n", "utf-8")
    assert readers_version(lake) != before


def test_a_file_that_nobody_knew_is_taken_in_where_it_belongs_once_a_reader_knows_it(
    lake: Lake, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write(tmp_path / "in", "a.csv", "J1;1;5.00;0;EUR")
    landed = copy_into_landing(
        lake, tmp_path / "in" / "a.csv", feed=UNKNOWN, arrived=DAY, name="a.csv"
    )
    assert ingest(lake, con, [landed], formats=(), now=NOW).count("refused") == 1
    later, again = NOW + timedelta(hours=1), {landed.file}
    ingest(lake, con, scan(lake), formats=FORMATS, now=later, again=again)
    ingest(lake, con, scan(lake), formats=FORMATS, now=later)
    said = {row["file"]: row["state"] for row in status(lake).files.iter_rows(named=True)}
    assert said == {
        "unknown/2026-02-28/a.csv": "duplicate",
        "ledger/2026-02-28/a.csv": "loaded",
    }
    assert waiting(lake, scan(lake)) == ()


def test_a_killed_copy_in_landing_that_is_completed_comes_in(
    lake: Lake, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write(tmp_path / "in", "a.csv", "J1;1;5.00;0;EUR", "J1;2;0;5.00;EUR")
    whole = (tmp_path / "in" / "a.csv").read_bytes()
    path = lake.landing / "ledger" / "2026-02-28" / "a.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(whole[:20])
    assert ingest(lake, con, scan(lake), formats=FORMATS, now=NOW).count("refused") == 1
    path.write_bytes(whole)
    later = NOW + timedelta(hours=1)
    assert ingest(lake, con, scan(lake), formats=FORMATS, now=later).count("loaded") == 1
    assert lake.read(LEDGER).collect().height == 2
    assert status(lake).files["state"].to_list() == ["loaded"]
    sent = {one.sha256 for one in arrivals(lake)}
    assert {landed.sha256 for landed in scan(lake)} <= sent
