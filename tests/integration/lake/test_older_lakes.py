"""Lakes that earlier code wrote: today's code opens them, and every figure stands."""

import json
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.lake.lake import Lake
from pipelines.lake.upgrades.change import TableRenamed
from pipelines.lake.upgrades.format_version import recorded_versions
from pipelines.lake.upgrades.steps import UPGRADES
from pipelines.settings import release
from tests.lake_figures import figures_in, missing_rows, read_table, summary_of, tables_of

LAKES = Path(__file__).parents[2] / "fixtures" / "lakes"


@pytest.fixture(scope="module")
def golden() -> dict[str, Any]:
    """The figures that the lake had when it was packed."""
    written: dict[str, Any] = json.loads(
        (LAKES / "before_format_versions" / "figures.json").read_text("utf-8")
    )
    return written


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with `lake` and `next_day`, as they were packed."""
    folder = tmp_path_factory.mktemp("before_format_versions")
    with tarfile.open(LAKES / "before_format_versions" / "lake.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder


def test_every_table_of_an_older_lake_reads_as_it_was_written(
    unpacked: Path, golden: dict[str, Any]
) -> None:
    tables = golden["tables"]
    assert tables_of(unpacked / "lake") == sorted(tables)
    for table, figures in tables.items():
        rows = read_table(unpacked / "lake", table)
        assert figures_in(rows, figures["columns"]) == figures, table


def test_an_older_lake_has_its_summary_before_anything_is_upgraded(
    unpacked: Path, golden: dict[str, Any]
) -> None:
    assert summary_of(unpacked / "lake", date(2026, 7, 6)) == golden["summary"]


@dataclass(frozen=True)
class Rebuilt:
    """The lake after a run of today's code on it, and after one more day."""

    again: Path
    one_day_on: Path
    console: str


@pytest.fixture(scope="module")
def rebuilt(unpacked: Path) -> Rebuilt:
    """Two runs in one process, which shares what they import and parse."""
    again, one_day_on = unpacked / "again", unpacked / "one_day_on"
    shutil.copytree(unpacked / "lake", one_day_on)
    ran = subprocess.run(
        [sys.executable, "-c", TWO_RUNS, *map(str, (one_day_on, again, unpacked / "next_day"))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
    return Rebuilt(again, one_day_on, ran.stderr)


TWO_RUNS = """
import shutil, sys
from pipelines.cli import app
lake, again, next_day = sys.argv[1:]
run = ["run", "--lake", lake]
assert app([*run, "--as-of", "2026-07-06"], standalone_mode=False) == 0
shutil.copytree(lake, again, ignore=shutil.ignore_patterns(".*"))
assert app([*run, "--landing", next_day], standalone_mode=False) == 0
"""


def test_a_run_on_an_older_lake_leaves_every_figure_as_it_was(
    rebuilt: Rebuilt, golden: dict[str, Any]
) -> None:
    """Columns may have come; of those there were, only these are not compared.

    `recorded_at` of what is published anew, and in matches and breaks the version of the rules and
    the evidence, which names it.
    """
    for table, figures in golden["tables"].items():
        if table.split("/")[0] != "control":
            rows = read_table(rebuilt.again, todays_name(rebuilt.again, table))
            assert figures_in(rows, figures["columns"]) == figures, table
    assert summary_of(rebuilt.again, date(2026, 7, 6)) == golden["summary"]


def todays_name(lake: Path, table: str) -> str:
    """What a table is called after the upgrades; its own name where no build uses the new one."""
    changes = (change for upgrade in UPGRADES for change in upgrade.changes)
    renamed = {each.old: each.new for each in changes if isinstance(each, TableRenamed)}
    new = renamed.get(table, table)
    return new if new in tables_of(lake) else table


def test_a_run_on_an_older_lake_only_adds_to_what_is_on_record(
    unpacked: Path, rebuilt: Rebuilt, golden: dict[str, Any]
) -> None:
    for table in golden["tables"]:
        if table.split("/")[0] == "control":
            before = read_table(unpacked / "lake", table)
            after = read_table(rebuilt.one_day_on, table).select(before.columns)
            assert missing_rows(before, after) == [], table


def test_the_upgrade_is_on_record_and_was_said(rebuilt: Rebuilt) -> None:
    recorded = recorded_versions(Lake(rebuilt.again))
    assert recorded["version"].to_list() == [upgrade.version for upgrade in UPGRADES]
    assert recorded["release"].to_list() == [release()] * len(UPGRADES)
    for upgrade in UPGRADES:
        assert f"The lake has format {upgrade.version} now" in rebuilt.console


def test_one_more_day_is_built_on_an_older_lake_and_earlier_rows_stay(
    unpacked: Path, rebuilt: Rebuilt, golden: dict[str, Any]
) -> None:
    summary = summary_of(rebuilt.one_day_on, date(2026, 7, 7))
    assert summary["files"]["loaded"] == golden["summary"]["files"]["loaded"] + 11
    assert summary["failed_laws"] == []
    assert summary["forecasts"]
    for table in golden["tables"]:
        if table.split("/")[0] == "bronze":
            before = read_table(unpacked / "lake", table)
            after = read_table(rebuilt.one_day_on, table)
            assert missing_rows(before, after.select(before.columns)) == [], table
    days = read_table(rebuilt.one_day_on, "bronze/ledger_postings")["source_file"]
    assert days.str.contains("/2026-07-07/").any()


def test_decisions_and_the_closed_period_hold_one_day_later(
    unpacked: Path, rebuilt: Rebuilt
) -> None:
    before, after = unpacked / "lake", rebuilt.one_day_on
    june = pl.col("period") == "2026-06"
    proofs = [read_table(lake, "gold/fct_roll_forward").filter(june) for lake in (before, after)]
    columns = proofs[0].columns
    assert proofs[0].height == 20
    assert missing_rows(proofs[0], proofs[1].select(columns)) == []
    decided = read_table(before, "gold/fct_decisions")
    assert (
        missing_rows(decided, read_table(after, "gold/fct_decisions").select(decided.columns)) == []
    )
