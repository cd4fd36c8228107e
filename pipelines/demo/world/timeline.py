"""Days as whole numbers since 1970, the business days of each currency, and the run's horizon."""

from dataclasses import dataclass
from datetime import date

import holidays
import numpy as np
from numpy.typing import ArrayLike

from pipelines.demo.world.random_streams import Ints, RandomStreams

EPOCH = date(1970, 1, 1).toordinal()
"""Ordinal of 1 January 1970."""

DAY = 86_400_000_000
"""Microseconds of a day."""

AHEAD = 7
"""Days before it settles that a payment may leave its first trace."""

CURRENCIES = ("EUR", "GBP", "USD")
"""Currencies, by the position that columns hold."""

CALENDARS = ("TARGET", "GB", "US")
"""Calendar of the business days of each currency."""

_YEARS_BACK, _YEARS_ON = 5, 4
"""Years of holidays before and after the horizon: loans of four years begin before it."""


def number(day: date) -> int:
    """The day as days since 1970."""
    return day.toordinal() - EPOCH


def day_of(number_: int) -> date:
    """The date of a day number."""
    return date.fromordinal(int(number_) + EPOCH)


def bank_holidays(first: date, last: date) -> list[tuple[str, date, str]]:
    """Calendar, day and name of every bank holiday around the horizon, sorted."""
    years = range(first.year - _YEARS_BACK, last.year + _YEARS_ON)
    books = (
        holidays.financial_holidays("ECB", years=years),
        holidays.country_holidays("GB", subdiv="ENG", years=years),
        holidays.country_holidays("US", years=years),
    )
    return sorted(
        (calendar, day, name)
        for calendar, book in zip(CALENDARS, books, strict=True)
        for day, name in book.items()
    )


@dataclass(frozen=True)
class Calendars:
    """Business days: Monday to Friday but for TARGET, English and United States holidays."""

    open_days: tuple[Ints, ...]

    @classmethod
    def around(cls, first: date, last: date) -> "Calendars":
        """The calendars from five years before the horizon to three after it."""
        start = number(date(first.year - _YEARS_BACK, 1, 1))
        span = np.arange(start, number(date(last.year + _YEARS_ON, 1, 1)), dtype=np.int64)
        weekdays = span[(span + 3) % 7 < 5]
        closed = bank_holidays(first, last)
        return cls(
            tuple(
                np.setdiff1d(weekdays, [number(day) for name, day, _ in closed if name == calendar])
                for calendar in CALENDARS
            )
        )

    def business(self, currency: ArrayLike, day: ArrayLike, shift: ArrayLike = 0) -> Ints:
        """The first business day on or after `day`, moved by `shift` business days.

        Args:
            currency: positions in `CURRENCIES`.
            day: day numbers.
            shift: whole business days, may be negative.
        """
        currencies, days, shifts = np.broadcast_arrays(
            np.asarray(currency), np.atleast_1d(np.asarray(day)), np.asarray(shift)
        )
        business_days = np.empty(days.shape, dtype=np.int64)
        for position, opened in enumerate(self.open_days):
            in_currency = currencies == position
            business_days[in_currency] = opened[
                np.searchsorted(opened, days[in_currency]) + shifts[in_currency]
            ]
        return business_days

    def is_open(self, currency: int, day: int) -> bool:
        """Whether banks work in that currency on that day."""
        return bool(self.business(currency, day)[0] == day)


@dataclass(frozen=True)
class World:
    """What every part of the simulation knows: size, horizon (day numbers), dice and calendars."""

    customers: int
    first: int
    last: int
    streams: RandomStreams
    calendars: Calendars

    @classmethod
    def of(cls, customers: int, days: int, seed: int, end: date) -> "World":
        """A world of `days` days that ends with `end`.

        Raises:
            ValueError: no customers or no days.
        """
        if customers < 1 or days < 1:
            raise ValueError("A demo institution needs at least one customer and one day.")
        last = number(end)
        first = last - days + 1
        return cls(
            customers, first, last, RandomStreams(seed), Calendars.around(day_of(first), end)
        )
