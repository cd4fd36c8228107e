"""Dagster's record of a run, kept open while it is written, is the one that Dagster reads."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from pipelines.defs.launch import instance_of
from pipelines.defs.operate.event_log import BufferedEventLog


@dg.asset(check_specs=[dg.AssetCheckSpec("holds", asset="counted")])
def counted() -> Iterator[dg.MaterializeResult[None]]:
    yield dg.MaterializeResult(
        metadata={"rows": 3}, check_results=[dg.AssetCheckResult(check_name="holds", passed=True)]
    )


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    return tmp_path


def test_dagsters_own_storage_reads_what_was_written(home: Path) -> None:
    with instance_of(home) as instance:
        assert isinstance(instance.event_log_storage, BufferedEventLog)
        ended = dg.materialize([counted], instance=instance)
        written = [event.dagster_event_type for event in instance.all_logs(ended.run_id)]
    theirs = SqliteEventLogStorage(str(home / "history" / "runs"))
    read = [event.dagster_event_type for event in theirs.get_logs_for_run(ended.run_id)]
    assert read == written
    assert dg.DagsterEventType.ASSET_MATERIALIZATION in read
    assert dg.DagsterEventType.ASSET_CHECK_EVALUATION in read
    theirs.dispose()


def test_more_runs_than_databases_stay_open_are_all_on_record(home: Path) -> None:
    with instance_of(home) as instance:
        runs = [dg.materialize([counted], instance=instance).run_id for _ in range(6)]
        newest = instance.get_latest_materialization_event(dg.AssetKey("counted"))
        assert newest is not None
        assert newest.run_id == runs[-1]
        for run in runs:
            assert instance.all_logs(run, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
