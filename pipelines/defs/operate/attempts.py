"""When a run is asked for over files that wait, and when it is tried again after it failed."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

import dagster as dg

from pipelines.lake.lake import Lake
from pipelines.lake.run_lock import holder_of
from pipelines.landing.zone import LandedFile
from pipelines.runs.builds import EVERYTHING, Build, builds

WAITING_FILES = "countinghouse/waiting_files"
"""The tag of a run that says for which files it was asked."""

_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=1)


def skip_reason(
    lake: Lake, files: Sequence[LandedFile], ahead: Sequence[LandedFile], now: datetime
) -> str | None:
    """Why no run is asked for now, or None."""
    if not files:
        held = ", ".join(landed.file for landed in ahead[:5])
        later = f" {len(ahead)} dated in the future wait for their day: {held}." if ahead else ""
        return f"No file waits in landing.{later}"
    holder = holder_of(lake)
    if holder is not None:
        return f"{len(files)} files wait; {holder} works on the lake."
    pause = retry_not_before(builds(lake))
    if pause and now < pause:
        return f"{len(files)} files wait; the last run failed, the next is tried at {pause:%H:%M}."
    return None


def retry_not_before(history: Sequence[Build]) -> datetime | None:
    """Until when to wait after runs of everything that failed: longer with each one in a row."""
    wholes = [build for build in history if build.scope == EVERYTHING]
    failed = 0
    for build in reversed(wholes):
        if build.is_whole:
            break
        failed += 1
    if not failed:
        return None
    return wholes[-1].begun_at + min(_FIRST_PAUSE * (1 << min(failed - 1, 10)), _LONGEST_PAUSE)


def files_digest(files: Sequence[LandedFile]) -> str:
    """One name for a set of waiting files: the same files give the same, any other another."""
    identity = "\n".join(sorted(f"{landed.file} {landed.sha256}" for landed in files))
    return hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()


def attempts_so_far(context: dg.SensorEvaluationContext, lake: Lake, marks: str) -> int:
    """How many builds have begun, and how many runs for these files failed, begun or not.

    With it in its key, a run is asked for once until it has begun, and anew after it failed.
    """
    begun = len(builds(lake))
    if context.instance_ref is None:
        return begun
    badly = [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
    runs = dg.RunsFilter(tags={WAITING_FILES: marks}, statuses=badly)
    return begun + context.instance.get_runs_count(runs)
