"""As of which day each mart speaks, told by the build that wrote it or found it unchanged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pipelines.lake.commits import AS_OF_NOTE, last_write
from pipelines.lake.lake import Lake
from pipelines.lake.maintenance import tables
from pipelines.runs.builds import Build, last_build, last_whole_build


@dataclass(frozen=True, slots=True)
class Figures:
    """The day of each mart (None where nobody recorded it), and the builds that tell it.

    `unfinished` is the build that began last, where it did not make all figures to the end.
    """

    marts: Mapping[str, date | None]
    whole: Build | None
    unfinished: Build | None

    @property
    def by_day(self) -> Mapping[date | None, tuple[str, ...]]:
        """The marts of each day, the latest day first."""
        days = sorted(set(self.marts.values()), key=lambda day: day or date.min, reverse=True)
        return {day: tuple(mart for mart, its in self.marts.items() if its == day) for day in days}


def figures(lake: Lake) -> Figures:
    """What the marts of a lake stand for now.

    A mart that the last whole build left as it was speaks as of that build's day: its content is
    what that day gives. One that was written since, by a build that did not end or by one of some
    tables only, speaks as of the day of whoever wrote it.
    """
    whole, last = last_whole_build(lake), last_build(lake)
    marts = {name: _day_of(lake, name, whole) for name in tables(lake) if name.startswith("gold/")}
    return Figures(marts, whole, None if last == whole else last)


def _day_of(lake: Lake, mart: str, whole: Build | None) -> date | None:
    written, noted = last_write(lake, mart)
    if whole is not None and whole.ended_at is not None and written <= whole.ended_at:
        return whole.as_of
    stated = noted.get(AS_OF_NOTE)
    return date.fromisoformat(stated) if stated else None
