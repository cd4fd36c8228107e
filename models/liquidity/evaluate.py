"""The rolling-origin back-test: what a forecast would have said, and how far off it was."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from models.baselines import seasonal_naive
from models.liquidity.dataset import CashFlowMatrix
from models.liquidity.inputs import HORIZON, QUANTILES
from models.liquidity.intervals import FEWEST_ORIGINS, width
from models.liquidity.levels import Levels
from models.splits import rolling_origins

Floats = NDArray[np.float64]

CHECKED_DAYS = (1, 7, 28, 56, 91)
"""Horizons at which coverage is reported: tomorrow, a week, and one, two and three months."""

_SHORTEST_TEST = 7
"""Days that an origin must leave to be judged on: one of each weekday."""


def origins(matrix: CashFlowMatrix, *, every: int, warm_up: int) -> list[int]:
    """Days to forecast from, earliest first: each leaves at least a week to be judged on."""
    last = matrix.days.day(len(matrix.flows) - 1)
    splits = rolling_origins(
        matrix.days.first, last, horizon=_SHORTEST_TEST, every=every, warm_up=warm_up
    )
    return [(split.train_to - matrix.days.first).days for split in splits]


def flow_errors(
    matrix: CashFlowMatrix, forecast: Callable[[int], Floats], starts: Sequence[int]
) -> Floats:
    """Actual minus forecast flow: origins x horizons x series; NaN past the end of history."""
    errors = np.full((len(starts), HORIZON, len(matrix.all_series)), np.nan)
    for index, origin in enumerate(starts):
        actual = matrix.flows[origin + 1 : origin + 1 + HORIZON]
        errors[index, : len(actual)] = actual - forecast(origin)[: len(actual)]
    return errors


def baseline_errors(matrix: CashFlowMatrix, starts: Sequence[int]) -> Floats:
    """Errors of the seasonal naive from the same origins, shaped as `flow_errors`."""
    return flow_errors(
        matrix, lambda origin: seasonal_naive(matrix.flows[: origin + 1], HORIZON), starts
    )


def scores(
    matrix: CashFlowMatrix, levels: Levels, errors: Floats, starts: Sequence[int]
) -> dict[str, float]:
    """Figures of one forecast, amounts in the base currency.

    `balance_mae` is the mean absolute error of an account's balance over all horizons;
    `flow_wape` that of its daily flow, as a share of what flowed; `coverage90_day_N` the share of
    balances of the group, the entities and the accounts, N days ahead, inside the interval that
    was made from the other origins alone; `_as_of_origin` from those alone whose outcome was known
    by then.
    """
    accounts = levels.rows_of("account")
    rate = np.array(
        [matrix.rates[np.nonzero(levels.weights[row])[0][0]] for row in accounts], dtype=np.float64
    )
    by_account = errors @ (levels.weights[accounts] * rate[:, None]).T
    cumulated = np.cumsum(by_account, axis=1)
    group = np.cumsum(errors @ levels.weights[0], axis=1)
    actual = (
        np.concatenate([matrix.flows[origin + 1 : origin + 1 + HORIZON] for origin in starts])
        @ (levels.weights[accounts] * rate[:, None]).T
    )
    flowed = float(np.abs(actual).sum())
    accuracy = {
        "balance_mae": float(np.nanmean(np.abs(cumulated))),
        "group_balance_mae": float(np.nanmean(np.abs(group))),
        "flow_wape": float(np.nansum(np.abs(by_account))) / flowed if flowed else float("nan"),
    }
    return accuracy | _coverages(levels, errors, starts)


def _coverages(levels: Levels, errors: Floats, starts: Sequence[int]) -> dict[str, float]:
    balances = [index for index, key in enumerate(levels.keys) if key[0] != "category"]
    cumulated = np.cumsum(errors @ levels.weights[balances].T, axis=1)
    return {
        f"coverage{round(share * 100)}{suffix}_day_{day}": covered
        for day in CHECKED_DAYS
        for share in (QUANTILES["p05"], QUANTILES["p25"])
        for suffix, as_of_origin in (("", False), ("_as_of_origin", True))
        if (covered := coverage_at(cumulated, starts, day, share, as_of_origin=as_of_origin))
        is not None
    }


def coverage_at(
    cumulated: Floats, starts: Sequence[int], day: int, share: float, *, as_of_origin: bool
) -> float | None:
    """Share of outcomes inside intervals made from other origins; None with too few.

    Args:
        cumulated: errors, origins x horizons x levels.
        starts: the day of each origin.
        day: horizon, from 1.
        share: that the interval is meant to cover.
        as_of_origin: whether only the origins count whose outcome was known by then, as in real
            life; else all others count, of which the nearest share days with the outcome.
    """
    origin = np.array(starts)
    reaching = np.nonzero(~np.isnan(cumulated[:, day - 1, 0]))[0]
    inside = []
    for tested in reaching:
        known_then, all_others = origin + day <= origin[tested], origin != origin[tested]
        others = known_then if as_of_origin else all_others
        if (others & np.isin(np.arange(len(origin)), reaching)).sum() >= FEWEST_ORIGINS:
            known = cumulated[others].copy()
            if as_of_origin:
                ends = origin[others][:, None] + np.arange(1, cumulated.shape[1] + 1)[None, :]
                known[ends > origin[tested]] = np.nan
            inside.append(np.abs(cumulated[tested, day - 1]) <= width(known, day, share))
    return float(np.mean(inside)) if inside else None
