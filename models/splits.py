"""Time splits: train on what was known, wait out the delay of labels, test on what came after."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl


@dataclass(frozen=True, slots=True)
class Split:
    """Days to train and to test on; all bounds are included."""

    train_from: date
    train_to: date
    test_from: date
    test_to: date

    @property
    def delay_days(self) -> int:
        """Whole days between training and test, in which labels become known."""
        return (self.test_from - self.train_to).days - 1

    def parts(self, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The rows to train and to test on, by their `date`."""
        day = pl.col("date")
        return (
            rows.filter(day.is_between(self.train_from, self.train_to)),
            rows.filter(day.is_between(self.test_from, self.test_to)),
        )

    def __str__(self) -> str:
        """As a model's card tells it."""
        trained = f"trained {self.train_from} to {self.train_to}"
        return f"{trained}, tested {self.test_from} to {self.test_to}"


def delayed_split(last: date, *, train_days: int, delay_days: int, test_days: int) -> Split:
    """The latest split whose test ends on `last`, with `delay_days` between train and test."""
    test_from = last - timedelta(days=test_days - 1)
    train_to = test_from - timedelta(days=delay_days + 1)
    return Split(train_to - timedelta(days=train_days - 1), train_to, test_from, last)


def whole_history_split(first: date, last: date, *, delay_days: int, test_days: int) -> Split:
    """The delayed split that trains on every day since `first`.

    Where history is too short for it, nothing lies in the one day that it trains on.
    """
    train_days = (last - first).days + 1 - delay_days - test_days
    return delayed_split(
        last, train_days=max(train_days, 1), delay_days=delay_days, test_days=test_days
    )


def rolling_origins(
    first: date, last: date, *, horizon: int, every: int, warm_up: int
) -> Iterator[Split]:
    """Back-test splits, earliest first: train on all up to an origin, test on `horizon` days.

    Args:
        first: the first day of history.
        last: the last day of history.
        horizon: days ahead.
        every: days between origins.
        warm_up: days of history that the first origin needs.
    """
    origins = []
    origin = last - timedelta(days=horizon)
    while origin >= first + timedelta(days=warm_up - 1):
        origins.append(origin)
        origin -= timedelta(days=every)
    for end in reversed(origins):
        yield Split(first, end, end + timedelta(days=1), end + timedelta(days=horizon))
