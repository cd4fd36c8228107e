"""Thin Dagster skins over plain objects: assets are handed a `Lake` and a moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import PrivateAttr

from pipelines.defs.operate.lost_runs import hold, report_lost
from pipelines.defs.runs import scope_of, who_started
from pipelines.lake.lake import Lake
from pipelines.lake.run_lock import run_lock
from pipelines.landing.zone import newest_arrival
from pipelines.reconciliation.accuracy import TruthTables, read_truth
from pipelines.runs.builds import begin_build
from pipelines.runs.inputs import inputs_of
from pipelines.settings import enter


class Moment(dg.ConfigurableResource[Any]):
    """Where a run stands in time: the day as of which it speaks, and the clock on the wall."""

    day: str = ""
    or_later: bool = False
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
    """The lake that a run reads and writes, alone; that it begins is put on record first."""

    moment: dg.ResourceDependency[Moment]

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Lake]:
        """Give the plain lake to whoever asks for it; outside a run there is nothing to guard."""
        lake, run = Lake(enter().root), context.run
        if run is None:
            yield lake
            return
        if context.instance is not None:
            hold(context.instance, run.run_id)
            for lost in report_lost(context.instance, self.moment.now()):
                if context.log is not None:
                    context.log.warning(f"Run {lost} was under way, and its process is gone.")
        with run_lock(lake, who_started(run)):
            scope = scope_of(run)
            if scope:
                begin_build(
                    lake,
                    inputs_of(lake, self.moment.as_of(lake)),
                    run_id=run.run_id,
                    scope=scope,
                    started_by=who_started(run),
                    now=self.moment.now(),
                )
            yield lake


class KnownTruth(dg.ConfigurableResource[Any]):
    """Where the truth about a demo lies; for real data nobody knows it, and nothing is scored."""

    folder: str = ""

    def read(self) -> TruthTables | None:
        """The truth, or None where it is not known."""
        return read_truth(Path(self.folder)) if self.folder else None


@dg.definitions
def resources() -> dg.Definitions:
    """Everything that assets may ask for."""
    moment = Moment.configure_at_launch()
    return dg.Definitions(
        resources={
            "lake": LakeResource(moment=moment),
            "moment": moment,
            "truth": KnownTruth(),
        },
        # One process for a run, whoever starts it: it holds the lake and settles the day once.
        executor=dg.in_process_executor,
    )
