"""Killed at any moment and started again, the house ends where an undisturbed run ends."""

import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from pipelines.lake.lake import Lake
from pipelines.lake.maintenance import tables

WHEN_AND_WHO = ("ingested_at", "recorded_at", "run_id", "model_version")
"""Columns that say when and by which run a row was made, and nothing of what is true."""

PASSED_OVER = ("control/builds",)
"""The record of runs themselves: a killed one and its successor are two."""


def _contents(root: Path) -> dict[str, pl.DataFrame]:
    lake = Lake(root)
    return {name: _rows(lake, name) for name in tables(lake) if name not in PASSED_OVER}


def _rows(lake: Lake, table: str) -> pl.DataFrame:
    frame = lake.read(table).collect()
    if table == "control/controls":
        # Each run records its controls; what counts is the last word on each.
        key = ["name", "scope", "as_of"]
        frame = frame.sort("recorded_at").unique(key, keep="last")
    kept = frame.drop(*(name for name in WHEN_AND_WHO if name in frame.columns))
    return kept.sort(pl.all())


def _kill_after(command: list[str], seconds: float) -> bool:
    """Start a run and kill it and its children; False when it had ended by itself."""
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return True
    return False


def _assert_equal(undisturbed: dict[str, pl.DataFrame], lake: Path) -> None:
    disturbed = _contents(lake)
    assert disturbed.keys() == undisturbed.keys()
    different = [name for name, rows in undisturbed.items() if not rows.equals(disturbed[name])]
    assert different == []


@pytest.mark.crash
@pytest.mark.timeout(7200)
def test_a_run_that_is_killed_and_started_again_loses_and_doubles_nothing(
    house, run_command, tmp_path, capsys
):
    lake = tmp_path / "lake"
    command = run_command(lake, house.demo / "landing")
    dice = random.Random(20260630)
    kills = int(os.environ.get("KILLS", "3"))
    undisturbed, killed = _contents(house.lake), 0
    while killed < kills:
        if _kill_after(command, dice.uniform(1, house.took_seconds)):
            killed += 1
            with capsys.disabled():
                sys.stdout.write(f"  kill {killed} of {kills}\n")
                sys.stdout.flush()
        else:
            # This one came through before its time: it must be right, and another lake begins.
            _assert_equal(undisturbed, lake)
            shutil.rmtree(lake)
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-4000:]
    _assert_equal(undisturbed, lake)
