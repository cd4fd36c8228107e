"""A run whose process is gone is on Dagster's record as failed; one that lives is left alone."""

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines.defs.launch import instance_of
from pipelines.defs.operate.lost_runs import hold_liveness_lock, report_lost_runs
from pipelines.defs.resources import LakeResource, RunClock
from pipelines.lake.lake import Lake

NOW = datetime.now(UTC)
UNDER_WAY = dg.DagsterRunStatus.STARTED


@dg.op
def look(lake: dg.ResourceParam[object]) -> None:
    assert lake is not None


@dg.job
def everything() -> None:
    look()


@pytest.fixture
def instance(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    home = lake.root / ".dagster"
    monkeypatch.setenv("LAKE_ROOT", str(lake.root))
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    with instance_of(home) as opened:
        yield opened


def _begun(instance: dg.DagsterInstance, status: Any = UNDER_WAY, **tags: str) -> str:
    run = instance.create_run_for_job(everything, status=status, tags=tags)
    return run.run_id


@contextmanager
def _process_of(instance: dg.DagsterInstance, run_id: str) -> Iterator[subprocess.Popen[str]]:
    program = """
        import sys
        from pathlib import Path
        from pipelines.defs.launch import instance_of
        from pipelines.defs.operate.lost_runs import hold_liveness_lock
        with instance_of(Path(sys.argv[1])) as instance:
            hold_liveness_lock(instance, sys.argv[2])
            print("held", flush=True)
            sys.stdin.read()
    """
    command = [sys.executable, "-c", textwrap.dedent(program), instance.root_directory, run_id]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        yield other
        other.kill()


def _status(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status


@pytest.mark.parametrize("status", [UNDER_WAY, dg.DagsterRunStatus.CANCELING])
def test_a_killed_run_is_reported_as_failed_with_a_sentence_and_a_living_one_is_not(
    instance: dg.DagsterInstance, status: Any
) -> None:
    run_id = _begun(instance, status)
    with _process_of(instance, run_id) as other:
        assert report_lost_runs(instance, NOW + timedelta(days=1)) == ()
        assert _status(instance, run_id) is status
        other.kill()
        other.wait()
        assert report_lost_runs(instance, NOW) == (run_id,)
    assert _status(instance, run_id) is dg.DagsterRunStatus.FAILURE
    said = [entry.user_message or entry.message for entry in instance.all_logs(run_id)]
    assert any("The process of this run is gone" in words for words in said)
    assert report_lost_runs(instance, NOW) == ()
    assert list(Path(instance.root_directory, "living").iterdir()) == []


def test_a_run_that_shows_no_process_is_lost_when_it_had_time_to_begin(
    instance: dg.DagsterInstance,
) -> None:
    run_id = _begun(instance, dg.DagsterRunStatus.STARTING)
    assert report_lost_runs(instance, datetime.now(UTC)) == ()
    assert report_lost_runs(instance, datetime.now(UTC) + timedelta(hours=1)) == (run_id,)


def test_runs_that_have_not_begun_or_have_ended_are_left_alone(
    instance: dg.DagsterInstance,
) -> None:
    for status in (dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.SUCCESS):
        _begun(instance, status)
    assert report_lost_runs(instance, NOW + timedelta(days=1)) == ()


def test_only_a_run_that_nobody_asked_for_by_hand_is_tried_again(
    instance: dg.DagsterInstance,
) -> None:
    retries = {"dagster/max_retries": "1"}
    by_hand = _begun(instance, **retries)
    of_sensor = _begun(instance, **retries, **{"dagster/sensor_name": "file_landed"})
    assert len(report_lost_runs(instance, NOW + timedelta(days=1))) == 2
    found = {one: instance.get_run_by_id(one) for one in (by_hand, of_sensor)}
    again = {one: run.tags for one, run in found.items() if run}
    assert again[by_hand].get("dagster/will_retry") != "true"
    assert again[of_sensor].get("dagster/will_retry") == "true"


def test_a_run_that_begins_reports_those_that_are_lost_and_holds_its_own_lock(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    lost = _begun(instance)
    with _process_of(instance, lost):
        pass
    run_clock = RunClock(day="2026-06-30")
    lake = LakeResource(
        root=str(tmp_path / "lake"),
        base_currency="EUR",
        memory_limit="1GB",
        run_clock=run_clock,
    )
    ended = everything.execute_in_process(
        instance=instance, resources={"lake": lake, "run_clock": run_clock}
    )
    assert ended.success
    assert _status(instance, lost) is dg.DagsterRunStatus.FAILURE
    assert _status(instance, ended.run_id) is dg.DagsterRunStatus.SUCCESS
    hold_liveness_lock(instance, ended.run_id)
    assert report_lost_runs(instance, NOW) == ()
