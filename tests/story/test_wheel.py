"""An installed wheel works alone: no checkout beside it, nothing written where it lies."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

HOUSE = ("LAKE_ROOT", "DAGSTER_HOME", "PYTHONPATH", "AS_OF")


@pytest.fixture(scope="module")
def installed(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's files in a folder of their own, which nobody may write to."""
    place = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)],
        cwd=repository,
        check=True,
        capture_output=True,
    )
    (wheel,) = place.glob("*.whl")
    site = place / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    for path in site.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    return site


def test_the_main_job_runs_from_a_wheel_in_an_empty_folder(
    installed: Path, demo: Path, tmp_path: Path
) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in HOUSE}
    ended = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "run", "--landing", str(demo / "landing")],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-3000:]
    assert (tmp_path / ".lake" / "gold" / "fct_cash_position" / "_delta_log").is_dir()
    assert (tmp_path / ".lake" / ".dbt" / "manifest.json").is_file()
    assert {path.name for path in installed.iterdir() if path.is_dir()} >= {
        *("pipelines", "quality", "features", "models", "notebooks", "dbt_project"),
    }
    assert not (installed / "dbt_project" / "target").exists()
