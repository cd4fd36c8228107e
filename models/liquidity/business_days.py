"""Days as a treasurer sees them: business days counted from either end of their month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints = NDArray[np.int64]

SETTLEMENT_CALENDAR = "TARGET"
"""The calendar of euro payments; weekends alone where no calendar was delivered."""


@dataclass(frozen=True, slots=True)
class Days:
    """A run of calendar days, and for each what a payment run knows about it.

    Attributes:
        first: the first day.
        weekday: 0 for Monday.
        is_business: 1 where banks settle.
        of_month: the business day's number in its month; 0 on other days.
        to_month_end: business days that remain in the month; -1 on other days.
    """

    first: date
    weekday: Ints
    is_business: Ints
    of_month: Ints
    to_month_end: Ints

    def __len__(self) -> int:
        """How many days."""
        return len(self.weekday)

    @property
    def day_of_month(self) -> Ints:
        """Calendar day of the month of each day, from 1."""
        return np.array([self.day(index).day for index in range(len(self))], dtype=np.int64)

    def day(self, index: int) -> date:
        """The day at an index."""
        return self.first + timedelta(days=index)

    def settles_on(self) -> Ints:
        """For each day the index of the first business day on or after it."""
        ahead = np.where(self.is_business == 1, np.arange(len(self)), len(self) - 1)
        return np.minimum.accumulate(ahead[::-1])[::-1]


def closed_days(holidays: pl.DataFrame) -> list[date]:
    """Days on which euro payments do not settle, weekends aside."""
    if holidays.is_empty():
        return []
    return (
        holidays.filter(pl.col("calendar") == SETTLEMENT_CALENDAR)["holiday_date"]
        .unique()
        .to_list()
    )


def days_between(first: date, last: date, closed: Sequence[date]) -> Days:
    """All days from `first` to `last`, counted within whole months."""
    start = first.replace(day=1)
    end = (last.replace(day=28) + timedelta(days=4)).replace(day=1)
    months = np.arange(np.datetime64(start), np.datetime64(end))
    weekday = (months.astype("int64") + 3) % 7
    business = np.is_busday(months, holidays=np.array(closed, dtype="datetime64[D]"))
    month = months.astype("datetime64[M]").astype("int64")
    of_month, to_end = np.zeros(len(months), np.int64), np.full(len(months), -1, np.int64)
    for number in np.unique(month):
        inside = np.nonzero((month == number) & business)[0]
        of_month[inside] = np.arange(1, len(inside) + 1)
        to_end[inside] = np.arange(len(inside))[::-1]
    chosen = slice((first - start).days, (last - start).days + 1)
    return Days(
        first,
        weekday[chosen],
        business[chosen].astype(np.int64),
        of_month[chosen],
        to_end[chosen],
    )
