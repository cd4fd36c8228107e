"""A damaged or sealed lake is told in sentences, by name, with what to do."""

import errno
import json
import os
import shutil
import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.commands import damage
from pipelines.commands.status.command import status
from pipelines.dbt_runner.plugin import publish
from pipelines.defs.operate.damaged_databases import set_aside_damaged
from pipelines.ingestion.file_records import FileRecord
from pipelines.ingestion.file_registry import record
from pipelines.lake.commits import commits_of, has_same_rows, last_write
from pipelines.lake.duckdb_connection import connect
from pipelines.lake.lake import Lake
from pipelines.lake.maintenance import needed_versions
from pipelines.lake.run_lock import run_lock
from pipelines.landing.zone import copy_into_landing
from pipelines.records.control_tables import FILES, create_control_tables
from pipelines.records.damage import damaged_tables, disk_problem, disk_problem_in, missing_landed
from pipelines.settings import configure_environment

ROWS = pl.DataFrame({"amount": [1]})


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full"),
        (OSError("Generic LocalFileSystem error: No space left on device (os error 28)"), "full"),
        (sqlite3.OperationalError("database or disk is full"), "The disk is full"),
        (OSError(errno.EROFS, "Read-only file system"), "cannot be written"),
        (PermissionError(errno.EACCES, "Permission denied"), "cannot be written"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "cannot be written"),
    ],
)
def test_an_error_of_the_disk_is_a_sentence(tmp_path: Path, error: Any, said: str) -> None:
    assert said in (disk_problem(error, tmp_path) or "")
    outer = RuntimeError("a step failed")
    outer.__cause__ = error
    assert said in (disk_problem(outer, tmp_path) or "")


def test_an_error_of_ours_is_not_the_disks(tmp_path: Path) -> None:
    assert disk_problem(ValueError("a bug"), tmp_path) is None
    assert disk_problem_in("relation spacecraft is unknown", tmp_path) is None


def test_a_damaged_log_a_missing_log_and_missing_files_are_named(lake: Lake) -> None:
    for name in ("sound", "cut", "headless", "hollow"):
        lake.overwrite(f"bronze/{name}", ROWS)
    (lake.path("bronze/cut") / "_delta_log" / "00000000000000000000.json").write_text("{{", "utf-8")
    shutil.rmtree(lake.path("bronze/headless") / "_delta_log")
    next(lake.path("bronze/hollow").glob("*.parquet")).unlink()
    found = {damage.table: str(damage) for damage in damaged_tables(lake)}
    assert found.keys() == {"bronze/cut", "bronze/headless", "bronze/hollow"}
    assert "log is damaged" in found["bronze/cut"]
    assert "files are gone" in found["bronze/hollow"]
    assert all("docs/running.md" in said for said in found.values())


def test_a_damaged_mart_says_that_a_run_makes_it_anew(lake: Lake) -> None:
    lake.overwrite("gold/fct_x", ROWS)
    (lake.path("gold/fct_x") / "_delta_log" / "00000000000000000000.json").write_text("{{", "utf-8")
    (damage,) = damaged_tables(lake)
    assert "Delete the folder gold/fct_x of the lake and run again" in str(damage)


def test_a_landed_file_that_was_deleted_is_named(lake: Lake, tmp_path: Path) -> None:
    sent = tmp_path / "a.csv"
    sent.write_text("x", "utf-8")
    landed = copy_into_landing(lake, sent, feed="ledger", arrived=date(2026, 6, 30), name="a.csv")
    states = [FileRecord("ledger", landed.file, landed.sha256, landed.arrival_date, "loaded")]
    record(lake, states, datetime.now(UTC))
    assert missing_landed(lake) == ()
    landed.path.unlink()
    assert missing_landed(lake) == (landed.file,)


def test_a_damaged_index_is_set_aside_and_a_sound_one_is_not(tmp_path: Path) -> None:
    runs = tmp_path / "history" / "runs"
    runs.mkdir(parents=True)
    for database in (runs / "index.db", tmp_path / "history" / "runs.db"):
        with sqlite3.connect(database) as con:
            con.execute("create table events (id integer)")
        con.close()
    assert set_aside_damaged(tmp_path) == ()
    (runs / "index.db").write_bytes(os.urandom(4096))
    (aside,) = set_aside_damaged(tmp_path)
    assert aside.name.startswith("index.db.damaged-")
    assert not (runs / "index.db").exists()
    (tmp_path / "history" / "runs.db").write_bytes(b"")
    assert len(set_aside_damaged(tmp_path)) == 1


def test_an_error_over_a_damaged_lake_ends_in_sentences_and_another_as_it_is(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lake.overwrite("bronze/x", ROWS)
    monkeypatch.setenv("LAKE_ROOT", str(lake.root))
    with pytest.raises(ZeroDivisionError):
        damage.end(ZeroDivisionError())
    (lake.path("bronze/x") / "_delta_log" / "00000000000000000000.json").write_text("{{", "utf-8")
    with pytest.raises(SystemExit) as ended:
        damage.end(RuntimeError("kernel error"))
    assert ended.value.code == 2
    assert "bronze/x cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("table", ["bronze/x", FILES])
def test_status_ends_with_a_fault_where_it_names_damaged_tables(
    lake: Lake,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    table: Any,
    as_json: bool,
) -> None:
    monkeypatch.setenv("LAKE_ROOT", str(lake.root))
    create_control_tables(lake)
    lake.overwrite("bronze/x", ROWS)
    assert status(folder=lake.root, as_json=as_json) == 0
    (lake.path(table) / "_delta_log" / "00000000000000000000.json").write_text("{{", "utf-8")
    capsys.readouterr()
    assert status(folder=lake.root, as_json=as_json) == 1
    said = capsys.readouterr().out
    assert table in said
    assert "damaged" in said
    if as_json:
        assert [damage["table"] for damage in json.loads(said)["damaged"]] == [table]


@pytest.mark.parametrize("name", ["my lake", "Lager für Ü", "50% #1", "it's; {here} & there"])
def test_a_lake_in_a_folder_with_an_unusual_name_is_written_and_read(
    tmp_path: Path, name: str
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    lake = Lake(folder)
    lake.append_once("bronze/x", ROWS, transaction_ids=["one"])
    assert lake.read("bronze/x").filter(pl.col("amount") == 1).collect().height == 1
    with connect(lake) as con:
        assert lake.relation(con, "bronze/x").fetchall() == [(1,)]
    assert damaged_tables(lake) == ()


@pytest.mark.parametrize("name", ["plain", "Bücher & Co #1 100% ok"])
def test_the_commits_of_a_table_are_known_in_a_folder_with_an_unusual_name(
    tmp_path: Path, name: str
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    lake, before = Lake(folder), datetime.now(UTC)
    for day in ("2026-06-29", "2026-06-30"):
        lake.overwrite("gold/x", ROWS, note={"as_of": day})
    written, notes = last_write(lake, "gold/x")
    assert before - timedelta(seconds=1) < written < datetime.now(UTC) + timedelta(seconds=1)
    assert notes["as_of"] == "2026-06-30"
    table = lake.open("gold/x")
    assert [one["version"] for one in commits_of(table)] == [1, 0]
    assert [one["as_of"] for one in commits_of(table, 1)] == ["2026-06-30"]
    assert needed_versions(table, before - timedelta(days=1)) == {0, 1}
    assert not has_same_rows(table, 0)
    with connect(lake) as con:
        for _ in range(2):
            con.execute("create table staged as select 7 as a")
            publish(lake, con, "staged", "gold/y", {})
    assert lake.version("gold/y") == 0


@pytest.mark.parametrize("name", ["a%41b", "[x]", "what?", "all*"])
def test_a_folder_that_libraries_would_take_for_another_is_refused_by_name(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAKE_ROOT", "")
    with pytest.raises(SystemExit, match="give --lake another folder"):
        configure_environment(tmp_path / name)


def test_what_a_lake_holds_is_readable_by_its_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAKE_ROOT", str(tmp_path / "lake"))
    lake = Lake(configure_environment().root)
    sent = tmp_path / "a.csv"
    sent.write_text("x", "utf-8")
    sent.chmod(0o644)
    copy_into_landing(lake, sent, feed="ledger", arrived=date(2026, 6, 30), name="a.csv")
    lake.overwrite("bronze/x", ROWS)
    lake.append_once("control/x", ROWS, transaction_ids=["one"])
    with run_lock(lake, "a test"):
        found = [path for path in (lake.root, *lake.root.rglob("*")) if path.lstat().st_mode & 0o77]
    assert found == []
