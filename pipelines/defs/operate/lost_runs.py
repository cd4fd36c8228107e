"""Runs whose process is gone, told as failed in Dagster's own record.

A killed run cannot say that it ended. Dagster would show it as under way for good, and count it
among the runs that may be under way at once. So a run holds a lock of the operating system's, on a
file of its own beside that record, for as long as its process lives, however that dies.
"""

import fcntl
import os
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg

_FOLDER = "living"

_UNDER_WAY = [
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]

_BEGINNING = timedelta(minutes=10)
"""A run that holds no lock yet is given this long: its process imports everything first."""

_BY_ITSELF = ("dagster/sensor_name", "dagster/schedule_name")
"""Tags of runs that nobody asked for by hand; they are tried again, as others that failed."""

_held: dict[Path, int] = {}
"""Locks of the runs of this process; they are open until it ends."""


def hold_liveness_lock(instance: dg.DagsterInstance, run_id: str) -> None:
    """Show that a run lives, from now until this process ends."""
    path = _place(instance) / run_id
    if path in _held:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    while path not in _held:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if _is_still(path, descriptor):
            _held[path] = descriptor
        else:  # somebody tidied it away before it was locked
            os.close(descriptor)


def report_lost_runs(instance: dg.DagsterInstance, now: datetime) -> tuple[str, ...]:
    """Put on record that runs failed whose process is gone; gives their ids.

    Args:
        instance: Dagster's record.
        now: the wall clock.
    """
    records = instance.get_run_records(dg.RunsFilter(statuses=_UNDER_WAY))
    lost = [one for one in records if _is_lost(instance, one, now)]
    for one in lost:
        _report(instance, one.dagster_run)
    gone = {one.dagster_run.run_id for one in lost}
    _tidy(instance, {one.dagster_run.run_id for one in records} - gone)
    return tuple(sorted(gone))


def _is_lost(instance: dg.DagsterInstance, record: dg.RunRecord, now: datetime) -> bool:
    path = _place(instance) / record.dagster_run.run_id
    if path.exists():
        return not _is_locked(path)
    return now - record.update_timestamp > _BEGINNING


def _report(instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    if not any(tag in run.tags for tag in _BY_ITSELF):
        # Its day was chosen for that moment: nothing brings it back later without being asked.
        instance.add_run_tags(run.run_id, {"dagster/max_retries": "0"})
    instance.report_run_failed(
        run,
        "The process of this run is gone: it was killed, or the machine stopped. What it had "
        "committed stands; the next run of everything makes all figures again.",
    )


def _tidy(instance: dg.DagsterInstance, living: set[str]) -> None:
    """Remove the files of runs that have ended."""
    folder = _place(instance)
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in living and not _is_locked(path):
            path.unlink(missing_ok=True)


def _is_locked(path: Path) -> bool:
    if path in _held:
        return True
    with suppress(FileNotFoundError):
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
    return False


def _is_still(path: Path, descriptor: int) -> bool:
    """Whether the open file is the one that has this name."""
    with suppress(FileNotFoundError):
        return path.stat().st_ino == os.fstat(descriptor).st_ino
    return False


def _place(instance: dg.DagsterInstance) -> Path:
    return Path(instance.root_directory) / _FOLDER
