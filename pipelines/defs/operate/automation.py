"""Schedules, sensors and the maintenance job: what Dagster starts by itself."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import dagster as dg

from pipelines.defs.operate.attempts import (
    WAITING_FILES,
    attempts_so_far,
    files_digest,
    skip_reason,
)
from pipelines.defs.partitions import FIRST_DAY
from pipelines.defs.resources import RunClock
from pipelines.ingestion import waiting
from pipelines.lake.lake import Lake
from pipelines.lake.maintenance import maintain
from pipelines.landing.zone import due, scan
from pipelines.runs.pinned_versions import pinned_versions

everything = dg.define_asset_job(
    "everything",
    selection=dg.AssetSelection.all(),
    description="From landing to forecast. What is up to date is not written again.",
    # Once more, and from the start: what is up to date already is not written again.
    tags={"dagster/max_retries": "1", "dagster/retry_strategy": "ALL_STEPS"},
    # One process: steps are short, and each process of its own would import everything anew.
    executor_def=dg.in_process_executor,
)


@dg.sensor(
    job=everything,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="A file that lands is taken in within a minute; a run that failed is tried again.",
)
def file_landed(
    context: dg.SensorEvaluationContext, lake: dg.ResourceParam[Lake]
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Ask for one run per set of waiting files, for the day on which the newest of them arrived."""
    now = datetime.now(UTC)
    landed, ahead = due(scan(lake, quiet=True), now.date())
    files = waiting(lake, landed)
    reason = skip_reason(lake, files, ahead, now)
    if reason:
        yield dg.SkipReason(reason)
        return
    newest = max(landed.arrival_date for landed in files)
    marks = files_digest(files)
    attempt = attempts_so_far(context, lake, marks)
    yield dg.RunRequest(
        run_key=f"{marks}:{attempt}",
        partition_key=max(newest, date.fromisoformat(FIRST_DAY)).isoformat(),
        tags={WAITING_FILES: marks},
    )


@dg.schedule(
    job=everything,
    cron_schedule="30 6 * * 1-6",
    execution_timezone="Europe/Amsterdam",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Each business morning and on Saturday, for Friday evening; whether or not a file "
    "came: positions and ages move on.",
)
def each_business_morning(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """The run of the morning stands at the evening before, which on Monday is Sunday's.

    Where something has arrived since, figures of that day may be on show already; they are not
    turned back, and the run speaks as of that day.
    """
    day = (context.scheduled_execution_time - timedelta(days=1)).date().isoformat()
    run_clock = {"config": {"day": day, "or_later": True}}
    return dg.RunRequest(
        run_key=day, partition_key=day, run_config={"resources": {"run_clock": run_clock}}
    )


@dg.op(description="Compact small files, write checkpoints, remove what no window needs.")
def lake_maintenance(
    context: dg.OpExecutionContext, lake: dg.ResourceParam[Lake], run_clock: RunClock
) -> None:
    """Maintain every table; pinned versions and the as-of window are kept."""
    for report in maintain(lake, now=run_clock.now(), keep_versions=pinned_versions(lake)):
        context.log.info(str(report))


@dg.job(description="Maintenance of the lake's Delta tables.")
def maintenance_job() -> None:
    """One op over all tables."""
    lake_maintenance()


@dg.schedule(
    job=maintenance_job,
    cron_schedule="0 3 * * 0",
    execution_timezone="Europe/Amsterdam",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def weekly_maintenance() -> dg.RunRequest:
    """Once a week, when nobody reads."""
    return dg.RunRequest()
