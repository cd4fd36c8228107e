"""A run with nothing new adds nothing; one more day adds that day and nothing else."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.demo.delivery.generate import generate
from pipelines.lake.lake import Lake
from pipelines.lake.maintenance import tables
from tests.conftest import House
from tests.dagster_records import records, told_at


def _state(lake: Lake) -> dict[str, tuple[int | None, int]]:
    return {name: (lake.version(name), lake.open(name).count()) for name in tables(lake)}


def test_a_run_with_nothing_new_writes_no_version_of_any_table(
    house: House, run_command: Callable[..., list[str]], tmp_path: Path
) -> None:
    copy = tmp_path / "lake"
    shutil.copytree(house.lake, copy)
    before = _state(Lake(copy))
    ended = subprocess.run(
        run_command(copy, house.demo / "landing"), capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    assert _state(Lake(copy)) == before


def test_strict_ends_with_one_where_a_file_was_refused_and_names_it(
    house: House, run_command: Callable[..., list[str]], tmp_path: Path
) -> None:
    copy, sent = tmp_path / "lake", tmp_path / "sent" / "unknown" / "2026-06-30"
    shutil.copytree(house.lake, copy)
    sent.mkdir(parents=True)
    (sent / "holiday.txt").write_text("Wish you were here\n", "utf-8")
    command = run_command(copy, tmp_path / "sent")
    plain = subprocess.run(command, capture_output=True, text=True, check=False)
    assert plain.returncode == 0, plain.stderr[-3000:]
    assert "unknown/2026-06-30/holiday.txt: holiday.txt is of no known format" in plain.stdout
    strict = subprocess.run([*command, "--strict"], capture_output=True, text=True, check=False)
    assert strict.returncode == 1
    assert "Not clean" in strict.stderr


@pytest.fixture(scope="module")
def next_day(
    house: House, run_command: Callable[..., list[str]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Lake, dict[str, float]]:
    """The lake of the house after one more day, and when each of its tables was told before it.

    It lies in a folder as people name them.
    """
    folder = tmp_path_factory.mktemp("next_day")
    copy, more = folder / "Bücher & Co #1 100% ok" / "lake", folder / "more"
    shutil.copytree(house.lake, copy)
    generate(more, customers=40, days=13, seed=7, end=date(2026, 7, 1), progress=None)
    with records(copy) as instance:
        told = {table: told_at(instance, table) for table in tables(Lake(copy))}
    ended = subprocess.run(
        run_command(copy, more / "landing"), capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-3000:]
    return Lake(copy), told


def test_one_more_day_adds_that_day_and_keeps_every_earlier_row(
    house: House, next_day: tuple[Lake, dict[str, float]]
) -> None:
    lake, _ = next_day
    before = Lake(house.lake).read("bronze/ledger_postings").collect()
    after = lake.read("bronze/ledger_postings").collect()
    assert after.height > before.height
    old = after.filter(pl.col("known_at") <= before["known_at"].max())
    assert old.sort(pl.all()).equals(before.sort(pl.all()))
    fresh = after.filter(pl.col("known_at") > before["known_at"].max())
    assert set(fresh["source_file"].str.split("/").list.get(1)) == {"2026-07-01"}


def test_the_status_speaks_as_of_that_day_for_every_mart_and_names_no_missing_control(
    next_day: tuple[Lake, dict[str, float]],
) -> None:
    lake, _ = next_day
    command = [str(Path(sys.executable).parent / "countinghouse"), "status", "--json"]
    ended = subprocess.run(
        [*command, "--lake", str(lake.root)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    said = json.loads(ended.stdout)
    assert {mart["as_of"] for mart in said["marts"]} == {"2026-07-01"}
    assert said["unfinished_build"] is None
    assert "missing" not in {control["outcome"] for control in said["controls"]}


def test_a_table_is_told_anew_when_rows_came_and_only_then(
    house: House, next_day: tuple[Lake, dict[str, float]]
) -> None:
    lake, told = next_day
    with records(lake.root) as instance:
        anew = {table for table in tables(lake) if told_at(instance, table) > told.get(table, 0)}
    grown = {
        table
        for table in tables(lake)
        if table.startswith("bronze/")
        and lake.open(table).count() > Lake(house.lake).open(table).count()
    }
    assert {"bronze/ledger_postings", "bronze/statement_entries"} <= grown
    assert {table for table in anew if table.startswith("bronze/")} == grown
    assert {"silver/stg_holidays", "gold/fct_cash_position", "gold/fct_fraud_alerts"} <= anew
