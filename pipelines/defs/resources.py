"""Dagster's resources: the lake, the clock of a run, and the ground truth of a demo.

Each is a thin skin: an asset that asks for `lake` is handed a plain `Lake`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import Field, PrivateAttr

from pipelines.defs.operate.lost_runs import hold_liveness_lock, report_lost_runs
from pipelines.defs.runs import scope_of, who_started
from pipelines.lake.lake import Lake
from pipelines.lake.run_lock import run_lock
from pipelines.lake.upgrades.steps import UPGRADES
from pipelines.lake.upgrades.upgrade import upgrade_lake
from pipelines.landing.zone import newest_arrival
from pipelines.reconciliation.accuracy import TruthTables, read_truth
from pipelines.runs.builds import begin_build
from pipelines.runs.inputs import inputs_of
from pipelines.settings import release, settings_of_run


class RunClock(dg.ConfigurableResource[Any]):
    """The day as of which a run speaks, and the wall clock."""

    day: str = Field(
        default="",
        description="The day as of which figures speak, as yyyy-mm-dd. Empty: the newest day of "
        "arrival.",
    )
    or_later: bool = Field(
        default=False,
        description="Whether the newest day of arrival counts where it is later than `day`.",
    )
    _settled: date | None = PrivateAttr(default=None)

    def as_of(self, lake: Lake) -> date:
        """The day of this run: the stated one, or else the newest day of arrival.

        With `or_later` it is the later of the two. It is settled when it is first asked for: a
        file that lands while the run is under way does not move it.
        """
        if self._settled is None:
            self._settled = self._found(lake)
        return self._settled

    def _found(self, lake: Lake) -> date:
        stated = date.fromisoformat(self.day) if self.day else None
        if stated is not None and not self.or_later:
            return stated
        arrived = newest_arrival(lake, self.horizon())
        known = [day for day in (stated, arrived) if day is not None]
        return max(known, default=self.now().date())

    def horizon(self) -> date:
        """The last day whose arrivals are taken in: today, or a stated day beyond it."""
        today = self.now().date()
        return max(today, date.fromisoformat(self.day)) if self.day else today

    def now(self) -> datetime:
        """The wall clock; only for records of when something was done, never for a figure."""
        return datetime.now(UTC)


class LakeResource(dg.ConfigurableResource[Lake]):
    """The lake that a run reads and writes, alone, in today's format.

    That a build begins is put on record before anything is written.
    """

    root: str = Field(
        default=dg.EnvVar("LAKE_ROOT"),
        description="Folder of the lake; landing lies in it. A run may name another lake.",
    )
    base_currency: str = Field(
        default=dg.EnvVar("BASE_CURRENCY"),
        description="The currency in which amounts are added up (ISO 4217).",
    )
    memory_limit: str = Field(
        default=dg.EnvVar("MEMORY_LIMIT"),
        description="How much memory DuckDB takes, such as 1GB.",
    )
    run_clock: dg.ResourceDependency[RunClock]

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Lake]:
        """Give the plain lake to whoever asks for it; outside a run there is nothing to guard."""
        run = context.run
        with settings_of_run(
            lake_root=Path(self.root),
            base_currency=self.base_currency,
            memory_limit=self.memory_limit,
        ) as settings:
            lake = Lake(settings.root)
            if run is None:
                yield lake
                return
            self._report_lost(context)
            with run_lock(lake, who_started(run)):
                self._prepare(lake, run)
                yield lake

    def _report_lost(self, context: dg.InitResourceContext) -> None:
        """Show that this run lives, and put on record which others do not any more."""
        if context.instance is None or context.run is None:
            return
        hold_liveness_lock(context.instance, context.run.run_id)
        for lost in report_lost_runs(context.instance, self.run_clock.now()):
            if context.log is not None:
                context.log.warning(f"Run {lost} was under way, and its process is gone.")

    def _prepare(self, lake: Lake, run: dg.DagsterRun) -> None:
        """Upgrade the lake where older code wrote it, and record that a build begins."""
        now = self.run_clock.now()
        upgrade_lake(lake, UPGRADES, release=release(), now=now, work=who_started(run))
        scope = scope_of(run)
        if scope:
            begin_build(
                lake,
                inputs_of(lake, self.run_clock.as_of(lake)),
                run_id=run.run_id,
                scope=scope,
                started_by=who_started(run),
                now=now,
            )


class GroundTruth(dg.ConfigurableResource[Any]):
    """Where the truth about a demo lies; for real data nobody knows it, and nothing is scored."""

    folder: str = Field(default="", description="Folder of the truth; empty: it is not known.")

    def read(self) -> TruthTables | None:
        """The truth, or None where it is not known."""
        return read_truth(Path(self.folder)) if self.folder else None


@dg.definitions
def resources() -> dg.Definitions:
    """Everything that assets may ask for; the environment says what the lake is by default."""
    run_clock = RunClock.configure_at_launch()
    lake = LakeResource(run_clock=run_clock)
    return dg.Definitions(
        resources={"lake": lake, "run_clock": run_clock, "truth": GroundTruth()},
        # One process for a run, whoever starts it: it holds the lake and settles the day once.
        executor=dg.in_process_executor,
    )
