"""What a Dagster run is about: which figures it makes, and who started it."""

import dagster as dg

from pipelines.runs.builds import EVERYTHING

STARTED_BY = "countinghouse/started_by"
"""The tag of a run that the command started."""

_RESUMED, _STEPS = "dagster/is_resume_retry", "dagster/step_selection"
"""Tags by which Dagster marks a run that does only some steps of an earlier one again."""

_SHOWN = 20


def scope_of(run: dg.DagsterRun) -> str:
    """`everything`, or the assets that a run makes; empty for one that makes no figures."""
    chosen = sorted("/".join(key.path) for key in run.asset_selection or ())
    some_steps = run.tags.get(_RESUMED) == "true" or _STEPS in run.tags
    if run.job_name == EVERYTHING and not chosen and not some_steps:
        return EVERYTHING
    if chosen:
        rest = len(chosen) - _SHOWN
        return ", ".join(chosen[:_SHOWN]) + (f" and {rest} more" if rest > 0 else "")
    if run.job_name == EVERYTHING:
        return "some steps of a run that failed"
    return ""


def who_started(run: dg.DagsterRun) -> str:
    """In words: the command, a sensor or schedule, or somebody in Dagster."""
    tags = run.tags
    if STARTED_BY in tags:
        return tags[STARTED_BY]
    for tag, kind in (("dagster/sensor_name", "sensor"), ("dagster/schedule_name", "schedule")):
        if tag in tags:
            return f"Dagster's {kind} {tags[tag]}"
    return f"Dagster's run {run.run_id[:8]} of {run.job_name}"
