"""The error sheet of the demo: scored only where the truth is given, and only after the fact."""

import ast
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pytest

from pipelines.lake.lake import Lake
from pipelines.reconciliation.accuracy import TruthError, is_scored, read_truth
from pipelines.reconciliation.accuracy_record import ERROR_SHEET
from tests.conftest import House

MARTS = ("fct_matches", "fct_breaks")


@pytest.fixture
def lake(house: House, tmp_path: Path) -> Lake:
    """The marts of the demo and nothing else."""
    for name in MARTS:
        shutil.copytree(house.lake / "gold" / name, tmp_path / "gold" / name)
    return Lake(tmp_path)


def _score(lake: Lake, folder: str) -> dg.ExecuteInProcessResult:
    from pipelines.defs.reconcile.errors import error_sheet
    from pipelines.defs.resources import GroundTruth, RunClock

    return dg.materialize(
        [error_sheet],
        resources={
            "lake": lake,
            "run_clock": RunClock(day=date(2026, 6, 30).isoformat()),
            "truth": GroundTruth(folder=folder),
        },
    )


def test_a_run_with_known_truth_is_scored_as_a_table_and_a_picture(
    house: House, lake: Lake
) -> None:
    ended = _score(lake, str(house.demo / "truth"))
    assert ended.success
    metadata: Any = ended.asset_materializations_for_node("control__error_sheet")[0].metadata
    assert "data:image/png" in metadata["picture"].value
    assert metadata["errors"].value.records
    sheet = lake.read(ERROR_SHEET).collect()
    assert sheet["run_id"].unique().to_list() == [ended.run_id]
    settled = sheet.filter(pl.col("by") == "tier", pl.col("name") == "auto")
    assert set(settled["recon"]) >= {"ledger_bank", "payout_bank", "card_settlement"}
    assert (settled["precision"] >= 0.99).all()
    assert sheet.filter(pl.col("by") == "break_kind").height > 0
    causes = sheet.filter(pl.col("by") == "cause")
    right, true, found = (int(causes[name].sum()) for name in ("right", "true", "found"))
    assert right >= 0.95 * max(true, found)


def test_a_second_run_is_appended(house: House, lake: Lake) -> None:
    for _ in range(2):
        _score(lake, str(house.demo / "truth"))
    assert lake.read(ERROR_SHEET).collect()["run_id"].n_unique() == 2


def test_without_truth_nothing_is_scored_and_nothing_fails(lake: Lake) -> None:
    assert _score(lake, "").success
    assert not lake.exists(ERROR_SHEET)
    assert not is_scored(lake)


def test_a_folder_that_is_not_the_truth_is_refused_in_a_sentence(
    house: House, tmp_path: Path
) -> None:
    with pytest.raises(TruthError, match=r"has no recon_links.parquet. --truth takes the folder"):
        read_truth(house.demo / "landing")
    pl.DataFrame({"recon": ["r"]}).write_parquet(tmp_path / "recon_links.parquet")
    with pytest.raises(TruthError, match="has no column kind, left_row_id, right_row_id"):
        read_truth(tmp_path)


def test_only_the_error_sheet_and_its_command_know_of_the_truth(repository: Path) -> None:
    allowed = {
        "pipelines/reconciliation/accuracy.py",
        "pipelines/commands/run/command.py",
        "pipelines/defs/resources.py",
    }
    readers = set()
    for room in ("pipelines", "quality", "models", "features", "notebooks"):
        for path in (repository / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if (
                    isinstance(node, ast.ImportFrom)
                    and node.module == "pipelines.reconciliation.accuracy"
                ):
                    readers.add(path.relative_to(repository).as_posix())
    assert readers <= allowed
    users = {
        path.relative_to(repository).as_posix()
        for path in (repository / "pipelines" / "defs").rglob("*.py")
        if "GroundTruth" in path.read_text("utf-8")
    }
    assert users == {"pipelines/defs/resources.py", "pipelines/defs/reconcile/errors.py"}
