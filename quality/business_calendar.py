"""Business days as numbers, so that a window is a subtraction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

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
        closed = np.array(sorted(self.holidays), dtype="datetime64[D]")
        days = distinct.to_numpy().astype("datetime64[D]")
        numbers = np.busday_count(_ORIGIN, days, holidays=closed).astype(np.int32)
        return dates.replace_strict(distinct, pl.Series(numbers), return_dtype=pl.Int32)

    def shift(self, days: pl.Series, by: pl.Series) -> pl.Series:
        """Each date moved by that many business days; the result is always an open day."""
        if not days.len():
            return pl.Series(days.name, dtype=pl.Date)
        closed = np.array(sorted(self.holidays), dtype="datetime64[D]")
        moved = np.busday_offset(
            days.to_numpy().astype("datetime64[D]"),
            by.to_numpy().astype(np.int64),
            roll="forward",
            holidays=closed,
        )
        return pl.Series(moved).cast(pl.Date)

    def between(self, earlier: date, later: date) -> int:
        """Business days from one date to the other."""
        closed = np.array(sorted(self.holidays), dtype="datetime64[D]")
        start, end = np.datetime64(earlier, "D"), np.datetime64(later, "D")
        return int(np.busday_count(start, end, holidays=closed))
