"""The rolling-origin back-test: what a forecast would have said, and how far off it was."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from models.baselines import seasonal_naive
from models.liquidity.dataset import CashBook
from models.liquidity.inputs import HORIZON, QUANTILES
from models.liquidity.intervals import FEWEST_ORIGINS, width
from models.liquidity.levels import Levels
from models.splits import rolling_origins

Floats = NDArray[np.float64]

CHECKED_DAYS = (1, 7, 28, 56, 91)
"""Horizons at which coverage and balance errors are reported."""

_SHORTEST_TEST = 7


def origins(book: CashBook, *, every: int, warm_up: int) -> list[int]:
    """Days to forecast from, earliest first: each leaves at least a week to be judged on."""
    last = book.days.day(len(book.flows) - 1)
    splits = rolling_origins(
        book.days.first, last, horizon=_SHORTEST_TEST, every=every, warm_up=warm_up
    )
    return [(split.train_to - book.days.first).days for split in splits]


def errors(book: CashBook, forecast: Callable[[int], Floats], starts: Sequence[int]) -> Floats:
    """Actual minus forecast flow: origins x horizons x lines; NaN past the end of history."""
    missed = np.full((len(starts), HORIZON, len(book.lines)), np.nan)
    for index, origin in enumerate(starts):
        actual = book.flows[origin + 1 : origin + 1 + HORIZON]
        missed[index, : len(actual)] = actual - forecast(origin)[: len(actual)]
    return missed


def baseline_errors(book: CashBook, starts: Sequence[int]) -> Floats:
    """Errors of the seasonal naive from the same origins."""
    return errors(book, lambda origin: seasonal_naive(book.flows[: origin + 1], HORIZON), starts)


def scores(book: CashBook, of: Levels, missed: Floats, starts: Sequence[int]) -> dict[str, float]:
    """Figures of one forecast, amounts in the base currency.

    `balance_mae` is the mean absolute error of an account's balance over all horizons;
    `flow_wape` that of its daily flow, as a share of what flowed; `coverage90_day_N` the share of
    balances of the group, the entities and the accounts, N days ahead, inside the interval that
    was made from the other origins alone; `_as_lived` from earlier ones alone.
    """
    accounts = of.rows_of("account")
    rate = np.array(
        [book.rates[np.nonzero(of.weights[row])[0][0]] for row in accounts], dtype=np.float64
    )
    by_account = missed @ (of.weights[accounts] * rate[:, None]).T
    cumulated = np.cumsum(by_account, axis=1)
    group = np.cumsum(missed @ of.weights[0], axis=1)
    actual = (
        np.concatenate([book.flows[origin + 1 : origin + 1 + HORIZON] for origin in starts])
        @ (of.weights[accounts] * rate[:, None]).T
    )
    flowed = float(np.abs(actual).sum())
    found = {
        "balance_mae": float(np.nanmean(np.abs(cumulated))),
        "group_balance_mae": float(np.nanmean(np.abs(group))),
        "flow_wape": float(np.nansum(np.abs(by_account))) / flowed if flowed else float("nan"),
    }
    return found | _coverages(of, missed, starts)


def _coverages(of: Levels, missed: Floats, starts: Sequence[int]) -> dict[str, float]:
    balances = [index for index, key in enumerate(of.keys) if key[0] != "category"]
    cumulated = np.cumsum(missed @ of.weights[balances].T, axis=1)
    return {
        f"coverage{round(share * 100)}{suffix}_day_{day}": found
        for day in CHECKED_DAYS
        for share in (QUANTILES["p05"], QUANTILES["p25"])
        for suffix, lived in (("", False), ("_as_lived", True))
        if (found := coverage_at(cumulated, starts, day, share, lived=lived)) is not None
    }


def coverage_at(
    cumulated: Floats, starts: Sequence[int], day: int, share: float, *, lived: bool
) -> float | None:
    """Share of outcomes inside intervals made from other origins; None with too few.

    Args:
        cumulated: errors, origins x horizons x levels.
        starts: the day of each origin.
        day: horizon, from 1.
        share: that the interval is meant to cover.
        lived: whether only origins count whose outcome was known by then, as in real life; else
            all others do, of which the nearest share days with the outcome.
    """
    at = np.array(starts)
    reach = np.nonzero(~np.isnan(cumulated[:, day - 1, 0]))[0]
    inside = []
    for held in reach:
        others = (at + day <= at[held]) if lived else (at != at[held])
        if (others & np.isin(np.arange(len(at)), reach)).sum() >= FEWEST_ORIGINS:
            known = cumulated[others].copy()
            if lived:
                ends = at[others][:, None] + np.arange(1, cumulated.shape[1] + 1)[None, :]
                known[ends > at[held]] = np.nan
            inside.append(np.abs(cumulated[held, day - 1]) <= width(known, day, share))
    return float(np.mean(inside)) if inside else None
