"""Schedules, sensors and upkeep: when the house moves by itself."""

from collections.abc import Iterator
from datetime import timedelta

import dagster as dg

from pipelines.defs.resources import Moment
from pipelines.intake import waiting
from pipelines.lake.lake import Lake
from pipelines.lake.landing import scan
from pipelines.lake.maintenance import maintain
from pipelines.pinned import pinned_versions

everything = dg.define_asset_job(
    "everything",
    selection=dg.AssetSelection.all(),
    description="From landing to forecast. What is up to date is not written again.",
    tags={"dagster/max_retries": "1"},
    # One process: steps are short, and each process of its own would import everything anew.
    executor_def=dg.in_process_executor,
)


@dg.sensor(
    job=everything,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="A file that lands is taken in within a minute.",
)
def file_landed(
    context: dg.SensorEvaluationContext, lake: dg.ResourceParam[Lake]
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Ask for one run per set of waiting files, for the day on which the newest of them arrived."""
    files = waiting(lake, scan(lake))
    if not files:
        yield dg.SkipReason("No file waits in landing.")
        return
    newest = max(landed.arrival_date for landed in files)
    marks = sorted(landed.sha256 for landed in files)
    yield dg.RunRequest(
        run_key=f"{len(marks)}:{marks[0]}:{marks[-1]}", partition_key=newest.isoformat()
    )


@dg.schedule(
    job=everything,
    cron_schedule="30 6 * * 1-5",
    execution_timezone="Europe/Amsterdam",
    description="Each business morning, whether or not a file came: positions and ages move on.",
)
def each_business_morning(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """The run of the morning stands at the evening before."""
    day = (context.scheduled_execution_time - timedelta(days=1)).date().isoformat()
    return dg.RunRequest(run_key=day, partition_key=day)


@dg.op(description="Compact small files, write checkpoints, remove what no window needs.")
def keep_the_lake_small(
    context: dg.OpExecutionContext, lake: dg.ResourceParam[Lake], moment: Moment
) -> None:
    """Maintain every table; pinned versions and the as-of window are kept."""
    for report in maintain(lake, now=moment.now(), keep_versions=pinned_versions(lake)):
        context.log.info(str(report))


@dg.job(description="Upkeep of the lake's Delta tables.")
def upkeep() -> None:
    """One op over all tables."""
    keep_the_lake_small()


@dg.schedule(job=upkeep, cron_schedule="0 3 * * 0", execution_timezone="Europe/Amsterdam")
def each_sunday_night() -> dg.RunRequest:
    """Once a week, when nobody reads."""
    return dg.RunRequest()
