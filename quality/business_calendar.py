"""The business calendar: business days as numbers, and their places in the month.

The matching engine counts windows and ages with it, the liquidity model the days of payment runs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints = NDArray[np.int64]

SETTLEMENT_CALENDAR = "TARGET"
"""The calendar of euro payments; weekends alone where no calendar was delivered."""

_ORIGIN = np.datetime64("1970-01-01")


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """Monday to Friday without `holidays`; a closed day counts as the next open one."""

    holidays: frozenset[date] = frozenset()

    @classmethod
    def without(cls, holidays: Iterable[date]) -> "BusinessCalendar":
        """The calendar in which these days are closed."""
        return cls(frozenset(holidays))

    def number(self, dates: pl.Series) -> pl.Series:
        """The running number of each date's business day (Int32); null stays null."""
        if not dates.len():
            return pl.Series(dates.name, dtype=pl.Int32)
        distinct = dates.drop_nulls().unique().sort()
        closed = self._closed()
        days = distinct.to_numpy().astype("datetime64[D]")
        numbers = np.busday_count(_ORIGIN, days, holidays=closed).astype(np.int32)
        return dates.replace_strict(distinct, pl.Series(numbers), return_dtype=pl.Int32)

    def shift(self, days: pl.Series, by: pl.Series) -> pl.Series:
        """Each date moved by that many business days; the result is always an open day."""
        if not days.len():
            return pl.Series(days.name, dtype=pl.Date)
        closed = self._closed()
        moved = np.busday_offset(
            days.to_numpy().astype("datetime64[D]"),
            by.to_numpy().astype(np.int64),
            roll="forward",
            holidays=closed,
        )
        return pl.Series(moved).cast(pl.Date)

    def between(self, earlier: date, later: date) -> int:
        """Business days from one date to the other."""
        closed = self._closed()
        start, end = np.datetime64(earlier, "D"), np.datetime64(later, "D")
        return int(np.busday_count(start, end, holidays=closed))

    def calendar_days(self, first: date, last: date) -> "CalendarDays":
        """All days from `first` to `last`, counted within whole months."""
        start = first.replace(day=1)
        end = (last.replace(day=28) + timedelta(days=4)).replace(day=1)
        months = np.arange(np.datetime64(start), np.datetime64(end))
        weekday = (months.astype("int64") + 3) % 7
        business = np.is_busday(months, holidays=self._closed())
        month = months.astype("datetime64[M]").astype("int64")
        of_month, to_end = np.zeros(len(months), np.int64), np.full(len(months), -1, np.int64)
        for number in np.unique(month):
            inside = np.nonzero((month == number) & business)[0]
            of_month[inside] = np.arange(1, len(inside) + 1)
            to_end[inside] = np.arange(len(inside))[::-1]
        chosen = slice((first - start).days, (last - start).days + 1)
        return CalendarDays(
            first,
            weekday[chosen],
            business[chosen].astype(np.int64),
            of_month[chosen],
            to_end[chosen],
        )

    def _closed(self) -> NDArray[np.datetime64]:
        return np.array(sorted(self.holidays), dtype="datetime64[D]")


@dataclass(frozen=True, slots=True)
class CalendarDays:
    """Consecutive calendar days, and for each its place among the business days.

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
