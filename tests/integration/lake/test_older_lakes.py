"""Lakes that earlier code wrote: today's code opens them, and every figure stands."""

import json
import tarfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.lake_figures import figures_of, summary_of

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
    varying = {table: said["varying"] for table, said in golden["tables"].items()}
    assert figures_of(unpacked / "lake", varying) == golden["tables"]


def test_an_older_lake_has_its_summary_before_anything_is_upgraded(
    unpacked: Path, golden: dict[str, Any]
) -> None:
    assert summary_of(unpacked / "lake", date(2026, 7, 6)) == golden["summary"]
