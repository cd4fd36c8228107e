"""One run of everything in this process, on record in Dagster's own instance."""

from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import dagster as dg

from pipelines.defs.partitions import FIRST_DAY
from pipelines.defs.runs import STARTED_BY
from pipelines.defs.steps import Step, steps_reported_to
from pipelines.runs.builds import EVERYTHING

_INSTANCE = """\
telemetry:
  enabled: false
nux:
  enabled: false
run_retries:
  enabled: true
  max_retries: 0  # but for what a job says of itself
event_log_storage:
  module: pipelines.defs.operate.event_log
  class: BufferedEventLog
  config:
    home: {env: DAGSTER_HOME}
"""

"""Dagster's configuration of a new lake; an older one is changed by `pipelines.lake.upgrades`."""


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """How a run ended: its id, and for each step that failed its name and the reason."""

    run_id: str
    failures: tuple[tuple[str, str], ...]

    @property
    def success(self) -> bool:
        """Whether every step ended well."""
        return not self.failures


def instance_of(home: Path) -> dg.DagsterInstance:
    """The Dagster instance that keeps its records in `home`; telemetry is off in its own file."""
    home.mkdir(parents=True, exist_ok=True)
    configuration = home / "dagster.yaml"
    if not configuration.exists():  # one that is there may be the user's own
        configuration.write_text(_INSTANCE, "utf-8")
    return dg.DagsterInstance.from_config(str(home))


def launch(
    code_location: dg.Definitions,
    home: Path,
    *,
    as_of: date,
    first_day: date,
    last_day: date,
    on_step: Callable[[Step], None],
    truth: Path | None = None,
    started_by: str,
) -> RunOutcome:
    """Run the job `everything` once, over all days of arrival from first to last.

    Args:
        code_location: the code location, as `pipelines.definitions` loads it.
        home: where Dagster keeps its records.
        as_of: the day as of which figures speak.
        first_day: the earliest day on which a waiting file arrived.
        last_day: the latest such day.
        on_step: called with each step as it starts and ends.
        truth: where the truth lies by which the run is scored, if it is known.
        started_by: who started it, in words.
    """
    job = code_location.resolve_job_def(EVERYTHING)
    opening = date.fromisoformat(FIRST_DAY)
    tags = {
        "dagster/asset_partition_range_start": max(first_day, opening).isoformat(),
        "dagster/asset_partition_range_end": max(last_day, opening).isoformat(),
        "dagster/max_retries": "0",  # whoever typed the command sees that it failed
        STARTED_BY: started_by,
    }
    with (
        instance_of(home) as instance,
        steps_reported_to(on_step, of=len(job.nodes)),
        (home / "last-run.log").open("w", encoding="utf-8") as log,
        redirect_stdout(log),  # dbt tells every model there; the terminal hears of steps
    ):
        result = job.execute_in_process(
            run_config={
                "resources": {
                    "run_clock": {"config": {"day": as_of.isoformat()}},
                    "truth": {"config": {"folder": str(truth.resolve()) if truth else ""}},
                },
                "loggers": {"console": {}},
            },
            instance=instance,
            tags=tags,
            raise_on_error=False,
        )
    failures = tuple(
        (event.step_key or "the run", _reason(event))
        for event in result.all_events
        if event.is_step_failure
    )
    if not result.success and not failures:
        failures = (("the run", "did not end well"),)
    return RunOutcome(result.run_id, failures)


def _reason(event: dg.DagsterEvent) -> str:
    error = event.step_failure_data.error
    while error is not None and error.cause is not None:
        error = error.cause
    return error.message.strip() if error is not None else "no reason was given"
