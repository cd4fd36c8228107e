"""Time splits: train on what was known, wait out the delay of labels, test on what came after."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


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


def delayed_split(last: date, *, train_days: int, delay_days: int, test_days: int) -> Split:
    """The latest split whose test ends on `last`, with `delay_days` between train and test."""
    test_from = last - timedelta(days=test_days - 1)
    train_to = test_from - timedelta(days=delay_days + 1)
    return Split(train_to - timedelta(days=train_days - 1), train_to, test_from, last)


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
