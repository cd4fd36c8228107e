"""Killed at any moment and started again, the house ends where an undisturbed run ends.

A first lake is killed while everything comes in. Then runs as of other days, and Dagster's own, of
everything or of one mart, are killed over a lake that stood; whatever they left behind, a plain run
makes every figure as if they had never begun.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from pipelines.lake.lake import Lake
from pipelines.lake.maintenance import tables
from pipelines.runs.builds import last_build
from tests.conftest import House

LAST_DAY = date(2026, 6, 30)

WHEN_AND_WHO = ("applied_at", "ingested_at", "recorded_at", "run_id", "model_version")
"""Columns that say when and by which run a row was made, and nothing of what is true."""

PASSED_OVER = ("control/builds",)
"""The record of runs themselves: a killed one and its successor are two."""

OF_EVERY_DAY = ("control/controls", "gold/fct_controls")
"""Tables that keep what runs as of other days found, too."""

EARLIEST_SECONDS = 2.0
"""A process that is killed sooner has only imported its libraries."""


def _contents(root: Path) -> dict[str, pl.DataFrame]:
    lake = Lake(root)
    return {name: _rows(lake, name) for name in tables(lake) if name not in PASSED_OVER}


def _rows(lake: Lake, table: str) -> pl.DataFrame:
    frame = lake.read(table).collect()
    if table in OF_EVERY_DAY:
        # Each run records its controls, as of its day; what counts is the last word of this day.
        key = ["name", "scope", "as_of"]
        frame = frame.filter(pl.col("as_of") == LAST_DAY)
        frame = frame.sort("recorded_at").unique(key, keep="last")
    kept = frame.drop(*(name for name in WHEN_AND_WHO if name in frame.columns))
    return kept.sort(pl.all())


def _kill_after(command: list[str], seconds: float, lake: Path) -> bool:
    """Start a run and kill it and its children; False when it had ended by itself."""
    home = {"LAKE_ROOT": str(lake), "DAGSTER_HOME": str(lake / ".dagster")}
    with subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, **home},
    ) as process:
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return True
    assert process.returncode == 0, f"it ended by itself, and not well: {command}"
    return False


def _assert_equal(undisturbed: dict[str, pl.DataFrame], lake: Path) -> None:
    disturbed = _contents(lake)
    assert disturbed.keys() == undisturbed.keys()
    different = [name for name, rows in undisturbed.items() if not rows.equals(disturbed[name])]
    assert different == []


def _dagster(*arguments: str, config: Sequence[str]) -> list[str]:
    """Dagster's own command, as of the day that its configuration says."""
    program = [sys.executable, "-m", "dagster", *arguments, "-m", "pipelines.definitions"]
    return [*program, *config]


def _some_run(dice: random.Random, own: Callable[[date], list[str]], folder: Path) -> list[str]:
    """A run of one kind or another, as of one of the last days."""
    day = LAST_DAY - timedelta(days=dice.randrange(6))
    mart = dice.choice(["fct_cash_position", "fct_breaks", "fct_fraud_alerts", "fct_controls"])
    tags = json.dumps({"dagster/partition": LAST_DAY.isoformat()})
    of_everything = ["job", "execute", "-j", "everything", "-a", "defs", "--tags", tags]
    of_mart = ["asset", "materialize", "--select", f'key:"gold/{mart}"']
    run_clock = json.dumps({"resources": {"run_clock": {"config": {"day": day.isoformat()}}}})
    file = folder / f"{day}.yaml"  # JSON is YAML
    file.write_text(run_clock, "utf-8")
    return dice.choice(
        [
            own(day),
            own(day),
            _dagster(*of_everything, config=["-c", str(file)]),
            _dagster(*of_mart, config=["--config-json", run_clock]),
        ]
    )


class _Count:
    """How many runs were killed, told on the terminal as they are."""

    def __init__(self, kills: int, capsys: pytest.CaptureFixture[str]) -> None:
        self.kills, self.killed, self._capsys = kills, 0, capsys

    def one_more(self, command: list[str]) -> None:
        self.killed += 1
        with self._capsys.disabled():
            kind = " ".join(Path(word).name for word in command[:6])
            sys.stdout.write(f"  kill {self.killed} of {self.kills}: {kind}\n")
            sys.stdout.flush()


def _finish(command: list[str], undisturbed: dict[str, pl.DataFrame], lake: Path) -> None:
    """A plain run, after which everything must be as if nobody had killed anything."""
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-4000:]
    _assert_equal(undisturbed, lake)


@pytest.mark.crash
@pytest.mark.timeout(7200)
def test_a_run_that_is_killed_and_started_again_loses_and_doubles_nothing(
    house: House,
    run_command: Callable[..., list[str]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lake, landing = tmp_path / "lake", house.demo / "landing"
    plain = run_command(lake, landing)
    dice = random.Random(20260630)
    count = _Count(int(os.environ.get("KILLS", "3")), capsys)
    undisturbed, longest = _contents(house.lake), house.took_seconds
    first_third = -(-count.kills // 3)
    while count.killed < first_third:
        if _kill_after(plain, dice.uniform(EARLIEST_SECONDS, longest), lake):
            count.one_more(plain)
        else:
            # This one came through before its time: it must be right, and another lake begins.
            _assert_equal(undisturbed, lake)
            shutil.rmtree(lake)
    _finish(plain, undisturbed, lake)
    while count.killed < count.kills:
        command = _some_run(
            dice, lambda day: run_command(lake, landing, "--as-of", day.isoformat()), tmp_path
        )
        if _kill_after(command, dice.uniform(EARLIEST_SECONDS, longest), lake):
            count.one_more(command)
        if dice.random() < 0.1 or count.killed == count.kills:
            _finish(plain, undisturbed, lake)
            last = last_build(Lake(lake))
            assert last is not None
            assert last.is_whole
