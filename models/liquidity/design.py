"""Features of a day ahead as seen from an origin: the calendar, the past, and what is due."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.baselines import seasonal_naive
from models.liquidity.business_days import Days
from models.liquidity.dataset import CashBook, Line

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FEATURES = (
    *("horizon", "weekday", "day_of_month", "is_business", "business_day_of_month"),
    *("business_days_to_month_end", "days_since_business_day"),
    *("mean_28d", "mean_84d", "share_of_active_days", "four_weeks_before"),
    *("same_weekday", "same_business_day", "same_day_to_month_end"),
    *("due_today", "due_3d", "due_10d", "due_30d"),
)
"""Amounts are in units of the line's mean absolute daily flow up to the origin."""


@dataclass(frozen=True, slots=True)
class Design:
    """What a model sees from one origin.

    Attributes:
        features: days ahead x lines x features.
        scale: mean absolute daily flow of each line up to the origin; 0 for a line without any.
        possible: days ahead x lines; false on a day on which banks do not settle for a line that
            never moved on such a day.
    """

    features: Floats
    scale: Floats
    possible: NDArray[np.bool_]


def design(book: CashBook, origin: int, horizon: int) -> Design:
    """Lay out the days after day `origin`, from nothing but what was known by its end."""
    past, days = book.flows[: origin + 1], book.days
    scale = np.abs(past).mean(axis=0)
    unit = np.where(scale > 0, scale, 1.0)
    scaled = past / unit
    ahead = np.arange(origin + 1, origin + 1 + horizon)
    lines = len(book.lines)
    by_day = [np.arange(1, horizon + 1), *(column[ahead] for column in _calendar(days))]
    by_line = [_mean(scaled[-28:]), _mean(scaled[-84:]), (past != 0).mean(axis=0)]
    columns = [
        *(np.repeat(column[:, None], lines, axis=1) for column in by_day),
        *(np.repeat(column[None, :], horizon, axis=0) for column in by_line),
        seasonal_naive(scaled, horizon),
        *(_profile(scaled, code, ahead) for code in _codes(days)),
        *_due(book, origin, ahead, unit),
    ]
    idle = np.abs(past[days.is_business[: origin + 1] == 0]).sum(axis=0) == 0
    possible = (days.is_business[ahead] == 1)[:, None] | ~idle[None, :]
    return Design(np.stack(columns, axis=-1).astype(np.float64), scale, possible)


def _calendar(days: Days) -> tuple[Ints, ...]:
    return (
        *(days.weekday, days.day_of_month, days.is_business, days.of_month),
        *(days.to_month_end, days.since_business),
    )


def _codes(days: Days) -> tuple[Ints, ...]:
    business = days.is_business == 1
    return (
        np.where(business, days.weekday, 7),
        days.of_month,
        days.to_month_end + 1,
    )


def _mean(part: Floats) -> Floats:
    return np.asarray(part.mean(axis=0)) if len(part) else np.zeros(part.shape[1])


def _profile(scaled: Floats, code: Ints, ahead: Ints) -> Floats:
    """Mean flow on past days of the same code, drawn towards the overall mean by one such day."""
    size = int(code.max()) + 1
    total, count = np.zeros((size, scaled.shape[1])), np.zeros((size, 1))
    past = code[: len(scaled)]
    np.add.at(total, past, scaled)
    np.add.at(count, past, 1.0)
    means = (total + _mean(scaled)) / (count + 1)
    return np.asarray(means[code[ahead]])


def _due(book: CashBook, origin: int, ahead: Ints, unit: Floats) -> list[Floats]:
    """Amounts due on the day, and 1-3, 4-10 and 11-30 days before it, shared out to accounts."""
    calls = book.schedule.called_for(book.days, origin)
    shares = _shares(book.lines, np.abs(book.flows[: origin + 1]).sum(axis=0))
    called = np.zeros((len(book.days), len(book.lines)))
    for index, line in enumerate(book.lines):
        due = calls.get((line.entity_id, line.currency, line.category))
        if due is not None:
            called[:, index] = due * shares[index] / unit[index]
    total = np.vstack([np.zeros((1, len(book.lines))), np.cumsum(called, axis=0)])
    windows = ((0, 0), (1, 3), (4, 10), (11, 30))
    return [
        total[np.maximum(ahead - near + 1, 0)] - total[np.maximum(ahead - far, 0)]
        for near, far in windows
    ]


def _shares(lines: tuple[Line, ...], weight: Floats) -> Floats:
    """Share of each line in what its entity moved in the same currency and category."""
    kinds = [(line.entity_id, line.currency, line.category) for line in lines]
    totals = dict.fromkeys(kinds, 0.0)
    for kind, amount in zip(kinds, weight, strict=True):
        totals[kind] += float(amount)
    return np.array(
        [
            amount / totals[kind] if totals[kind] else 0.0
            for kind, amount in zip(kinds, weight, strict=True)
        ]
    )
