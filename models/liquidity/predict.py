"""The forecast as a table: every level, day and measure, with its quantiles."""

from datetime import date, datetime, timedelta
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.baselines import baseline_name, seasonal_naive
from models.liquidity.dataset import CashFlowMatrix
from models.liquidity.evaluate import baseline_errors, origins
from models.liquidity.inputs import HORIZON, QUANTILES
from models.liquidity.intervals import (
    FEWEST_ORIGINS,
    daily_widths,
    growing_widths,
    rough_widths,
)
from models.liquidity.levels import Levels, add_up, closing_balances, levels_of, whole_cents
from models.liquidity.train import flows_ahead, series_positions
from models.registry import Champion

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_LONGEST_CATCH_UP = 7
"""Days before `as_of` whose missing statements are still expected: as many as an account may be
silent (`dataset`); what is older no statement will bring."""


def forecast(matrix: CashFlowMatrix, champion: Champion | None, *, now: datetime) -> pl.DataFrame:
    """Forecast all levels, by the champion or else by the baseline.

    The median of a series is its expected flow in whole cents; all other medians are sums. A
    balance is the last closing balance and all flows since. The flows of days before `as_of` whose
    statements have not arrived are added to the first day.

    Returns:
        One row for each level, measure and day, in the columns of `fct_liquidity_forecast`.
    """
    start = len(matrix.flows) - 1
    ahead = matrix.today + HORIZON - start
    if champion is None:
        expected = seasonal_naive(matrix.flows, ahead)
        errors, starts = _baseline_back_test(matrix)
        publisher: tuple[str, str | None] = (baseline_name(len(matrix.flows)), None)
    else:
        expected = flows_ahead(matrix, champion.estimators, ahead)
        errors, starts = _stored_back_test(matrix, champion.estimators["back_test"])
        publisher = (champion.card.method, champion.version)
    levels = levels_of(matrix)
    by_series = _from_tomorrow(matrix, whole_cents(_or_known_flows(matrix, expected)))
    flows = add_up(matrix, by_series)
    known = add_up(matrix, matrix.known_flows)
    balances = closing_balances(matrix, levels)[None, :] + np.cumsum(flows, axis=0)
    flow_widths, balance_widths = _widths(matrix, levels, errors, starts, ahead)
    with_balance = [index for index, key in enumerate(levels.keys) if key[0] != "category"]
    parts = [
        _rows(
            levels,
            list(range(len(levels.keys))),
            "flow",
            medians=flows,
            known=known,
            widths=flow_widths,
        ),
        _rows(
            levels,
            with_balance,
            "balance",
            medians=balances,
            known=np.cumsum(known, axis=0),
            widths=balance_widths,
        ),
    ]
    return _dated(_without_unrated_sums(pl.concat(parts), matrix), matrix, publisher, now)


def _without_unrated_sums(rows: pl.DataFrame, matrix: CashFlowMatrix) -> pl.DataFrame:
    """Null every sum over a currency without a rate, and name the currency in `missing_rates`."""
    entities = {series.entity_id for series in matrix.all_series}
    unrated = {entity: ", ".join(matrix.without_rate(entity)) or None for entity in entities}
    level, of_entity = pl.col("level"), pl.col("entity_id").replace_strict(unrated, default=None)
    missing = (
        pl.when(level == "group")
        .then(pl.lit(", ".join(matrix.without_rate()) or None, pl.String()))
        .when(level == "entity")
        .then(of_entity.cast(pl.String()))
    )
    amounts = [name for name, dtype in rows.schema.items() if isinstance(dtype, pl.Decimal)]
    return rows.with_columns(missing.alias("missing_rates")).with_columns(
        pl.when(pl.col("missing_rates").is_null()).then(pl.col(name)).alias(name)
        for name in amounts
    )


def _or_known_flows(matrix: CashFlowMatrix, expected: Floats) -> Floats:
    """Expect of a series that never moved so far what is scheduled, and nothing else."""
    never = ~np.any(matrix.flows, axis=0)
    expected = expected.copy()
    expected[:, never] = 0.0
    expected[-HORIZON:, never] = matrix.known_flows[:, never] / 1000
    return expected


def _from_tomorrow(matrix: CashFlowMatrix, expected: Ints) -> Ints:
    """The flows of the days after `as_of`; the first includes what was not stated before it."""
    start, lead = len(matrix.flows), len(expected) - HORIZON
    ahead = expected[lead:].copy()
    days = np.arange(start, start + lead)
    oldest = matrix.today - _LONGEST_CATCH_UP
    unstated = (days[:, None] > matrix.known_until[None, :]) & (days[:, None] > oldest)
    ahead[0] += np.where(unstated, expected[:lead], 0).sum(axis=0)
    return ahead


def _baseline_back_test(matrix: CashFlowMatrix) -> tuple[Floats, list[int]]:
    # A week apart and after one whole season: the baseline needs no longer warm-up than that.
    starts = origins(matrix, every=7, warm_up=28)
    return baseline_errors(matrix, starts), starts


def _stored_back_test(matrix: CashFlowMatrix, stored: dict[str, Any]) -> tuple[Floats, list[int]]:
    """The champion's errors; a series that it was not trained on has those of the baseline."""
    days = [(date.fromisoformat(text) - matrix.days.first).days for text in stored["origins"]]
    position = series_positions(stored)
    positions = [position.get(series, -1) for series in matrix.all_series]
    errors = np.array(stored["errors"])[:, :, positions]
    untrained = np.array(positions) < 0
    if untrained.any():
        instead = baseline_errors(matrix, [max(day, 0) for day in days])
        errors[:, :, untrained] = np.where(
            np.isnan(errors[:, :, [0]]), np.nan, np.nan_to_num(instead[:, :, untrained])
        )
    return errors, days


def _widths(
    matrix: CashFlowMatrix, levels: Levels, errors: Floats, starts: list[int], ahead: int
) -> tuple[dict[float, Floats], dict[float, Floats]]:
    """Half-widths of flows and of balances by share to cover: days x levels."""
    target = np.arange(matrix.today + 1, matrix.today + 1 + HORIZON)
    business = matrix.days.is_business == 1
    flows: dict[float, Floats] = {}
    balances: dict[float, Floats] = {}
    by_level = errors @ levels.weights.T
    cumulated = np.cumsum(by_level, axis=1)
    for share in QUANTILES.values():
        if len(starts) < FEWEST_ORIGINS:
            rough = rough_widths(matrix.flows @ levels.weights.T, ahead, share)
            balances[share] = rough[-HORIZON:]
            flows[share] = np.repeat(rough[:1], HORIZON, axis=0)
            continue
        balances[share] = growing_widths(cumulated, ahead, share)[-HORIZON:]
        reach = np.array(starts)[:, None] + np.arange(1, HORIZON + 1)[None, :]
        open_then = business[np.clip(reach, 0, len(business) - 1)]
        on_open, on_closed = (
            daily_widths(by_level, alike, share) for alike in (open_then, ~open_then)
        )
        flows[share] = np.where(business[target][:, None], on_open, on_closed)
    for share, widths in flows.items():
        if ahead > HORIZON:
            widths[0] = np.maximum(widths[0], balances[share][0])
    return flows, balances


def _rows(
    levels: Levels,
    chosen: list[int],
    measure: Literal["flow", "balance"],
    *,
    medians: Ints,
    known: Ints,
    widths: dict[float, Floats],
) -> pl.DataFrame:
    days, count = len(medians), len(chosen)
    names = ("level", "entity_id", "account_id", "currency", "category")
    keys = pl.DataFrame(
        [levels.keys[index] for index in chosen for _ in range(days)],
        schema=dict.fromkeys(names, pl.String()),
        orient="row",
    )
    p50 = medians[:, chosen].T.reshape(-1)
    columns = {"p50": p50, "known_amount": known[:, chosen].T.reshape(-1)}
    for low, share in QUANTILES.items():
        spread = whole_cents(widths[share][:, chosen].T.reshape(-1))
        columns[low], columns[f"p{100 - int(low[1:])}"] = p50 - spread, p50 + spread
    # Thousandths below 2**53 become decimals exactly.
    money = [
        pl.Series(name, values / 1000.0).cast(pl.Decimal(18, 3)) for name, values in columns.items()
    ]
    horizon = np.tile(np.arange(1, days + 1), count)
    return keys.with_columns(*money, pl.Series("horizon_days", horizon), measure=pl.lit(measure))


def _dated(
    rows: pl.DataFrame, matrix: CashFlowMatrix, publisher: tuple[str, str | None], now: datetime
) -> pl.DataFrame:
    dates = [matrix.as_of + timedelta(days=day) for day in range(HORIZON + 1)]
    by_day = pl.Series("date", dates, dtype=pl.Date())
    return rows.with_columns(
        as_of=pl.lit(matrix.as_of),
        date=pl.col("horizon_days").map_batches(by_day.gather, return_dtype=pl.Date()),
        model=pl.lit(publisher[0]),
        model_version=pl.lit(publisher[1], dtype=pl.String()),
        recorded_at=pl.lit(now).cast(pl.Datetime("us", "UTC")),
    )
