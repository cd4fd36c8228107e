"""Thin Dagster skins over plain objects: assets are handed a `Lake` and a moment."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.lake.lake import Lake
from pipelines.lake.landing import scan
from pipelines.settings import enter
from pipelines.truth import Truth, read_truth


class LakeResource(dg.ConfigurableResource[Lake]):
    """The lake that this run reads and writes."""

    def create_resource(self, context: dg.InitResourceContext) -> Lake:
        """Give the plain lake to whoever asks for it."""
        return Lake(enter().root)


class Moment(dg.ConfigurableResource[Any]):
    """Where a run stands in time: the day as of which it speaks, and the clock on the wall."""

    day: str = ""

    def as_of(self, lake: Lake) -> date:
        """The stated day, or else the latest day on which a file arrived."""
        if self.day:
            return date.fromisoformat(self.day)
        arrived = [landed.arrival_date for landed in scan(lake)]
        return max(arrived, default=self.now().date())

    def now(self) -> datetime:
        """The wall clock; only for records of when something was done, never for a figure."""
        return datetime.now(UTC)


class KnownTruth(dg.ConfigurableResource[Any]):
    """Where the truth about a demo lies; for real data nobody knows it, and nothing is scored."""

    folder: str = ""

    def read(self) -> Truth | None:
        """The truth, or None where it is not known."""
        return read_truth(Path(self.folder)) if self.folder else None


@dg.definitions
def resources() -> dg.Definitions:
    """Everything that assets may ask for."""
    return dg.Definitions(
        resources={
            "lake": LakeResource(),
            "moment": Moment(),
            "truth": KnownTruth(),
        }
    )
