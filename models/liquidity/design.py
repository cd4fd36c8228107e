"""What the calendar says about a day, as columns of ones and zeros."""

import numpy as np
from numpy.typing import NDArray

from quality.business_calendar import CalendarDays, Ints

Floats = NDArray[np.float64]

_MOST_BUSINESS_DAYS = 23
"""A month has at most 23 days from Monday to Friday."""

_SATURDAY, _HOLIDAY = 5, 7
"""Weekday numbers: Monday is 0; a holiday from Monday to Friday counts as an eighth weekday."""

FEATURES = (
    "weekday",
    "business_day_of_month",
    "business_days_to_month_end",
    "days_of_month_that_settle",
)
"""Each becomes one column for each of its values, and one for days to which it does not apply."""


def calendar_columns(days: CalendarDays) -> Floats:
    """The columns of `FEATURES` for each day: days x columns of ones and zeros.

    Payments keep to the weekday, to a business day counted from the start of the month or from its
    end (payroll, tax, transfers), or to a day of the month: what falls due on the 15th, a Saturday,
    settles on Monday the 17th, together with what falls due on the 16th and the 17th.
    """
    holiday = (days.is_business == 0) & (days.weekday < _SATURDAY)
    return np.concatenate(
        [
            _ones(np.where(holiday, _HOLIDAY, days.weekday), 8),
            _ones(days.of_month, _MOST_BUSINESS_DAYS + 1),
            _ones(days.to_month_end + 1, _MOST_BUSINESS_DAYS + 1),
            _settling(days),
        ],
        axis=1,
    )


def never_on_closed_days(flows: Floats, days: CalendarDays) -> NDArray[np.bool_]:
    """For each series whether it never moved on a day on which banks are closed."""
    closed = days.is_business[: len(flows)] == 0
    return np.asarray(~np.any(flows[closed], axis=0))


def _settling(days: CalendarDays) -> Floats:
    """A column for each day of the month, one where payments due on it settle."""
    settles = np.zeros((len(days), 31))
    settlement_day = days.settles_on()
    known = days.is_business[settlement_day] == 1
    np.add.at(settles, (settlement_day[known], days.day_of_month[known] - 1), 1.0)
    return settles


def _ones(code: Ints, values: int) -> Floats:
    return np.asarray(np.eye(values)[np.clip(code, 0, values - 1)])
