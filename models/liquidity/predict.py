"""The forecast as a table: every level, day and measure, with its quantiles."""

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.baselines import baseline_name, seasonal_naive
from models.liquidity.dataset import CashBook
from models.liquidity.evaluate import baseline_errors, origins
from models.liquidity.inputs import HORIZON, QUANTILES
from models.liquidity.intervals import (
    FEWEST_ORIGINS,
    daily_widths,
    growing_widths,
    rough_widths,
)
from models.liquidity.levels import Levels, add_up, closing_balances, levels, whole_cents
from models.liquidity.train import flows_ahead, lines_of
from models.registry import Champion

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_LONGEST_CATCH_UP = 7


def forecast(book: CashBook, champion: Champion | None, *, now: datetime) -> pl.DataFrame:
    """Forecast all levels, by the champion or else by the baseline.

    The median of a line is its expected flow in whole cents; all other medians are sums. A balance
    is the last closing balance and all flows since. Days before `as_of` whose statements have not
    arrived are expected as well, and count for the first day.

    Returns:
        The rows of `fct_liquidity_forecast`.
    """
    start = len(book.flows) - 1
    ahead = book.today + HORIZON - start
    if champion is None:
        expected = seasonal_naive(book.flows, ahead)
        missed, starts = _baseline_back_test(book)
        named: tuple[str, str | None] = (baseline_name(len(book.flows)), None)
    else:
        expected = flows_ahead(book, champion.estimators, ahead)
        missed, starts = _kept_back_test(book, champion.estimators["back_test"])
        named = (champion.card.method, champion.version)
    of = levels(book)
    by_line = _from_tomorrow(book, whole_cents(_or_known(book, expected)))
    flows = add_up(book, by_line)
    known = add_up(book, book.known)
    balances = closing_balances(book, of)[None, :] + np.cumsum(flows, axis=0)
    flow_widths, balance_widths = _widths(book, of, missed, starts, ahead)
    holding = [index for index, key in enumerate(of.keys) if key[0] != "category"]
    parts = [
        _rows(
            of, list(range(len(of.keys))), "flow", medians=flows, known=known, widths=flow_widths
        ),
        _rows(
            of,
            holding,
            "balance",
            medians=balances,
            known=np.cumsum(known, axis=0),
            widths=balance_widths,
        ),
    ]
    return _dated(_known_in_base(pl.concat(parts), book), book, named, now)


def _known_in_base(rows: pl.DataFrame, book: CashBook) -> pl.DataFrame:
    """A sum over a currency without a rate is not known, and `missing_rates` says so."""
    entities = {line.entity_id for line in book.lines}
    named = {entity: ", ".join(book.without_rate(entity)) or None for entity in entities}
    level, of_entity = pl.col("level"), pl.col("entity_id").replace_strict(named, default=None)
    missing = (
        pl.when(level == "group")
        .then(pl.lit(", ".join(book.without_rate()) or None, pl.String()))
        .when(level == "entity")
        .then(of_entity.cast(pl.String()))
    )
    amounts = [name for name, dtype in rows.schema.items() if isinstance(dtype, pl.Decimal)]
    return rows.with_columns(missing.alias("missing_rates")).with_columns(
        pl.when(pl.col("missing_rates").is_null()).then(pl.col(name)).alias(name)
        for name in amounts
    )


def _or_known(book: CashBook, expected: Floats) -> Floats:
    """A line that never moved so far is expected to bring what is scheduled, and nothing else."""
    never = ~np.any(book.flows, axis=0)
    expected = expected.copy()
    expected[:, never] = 0.0
    expected[-HORIZON:, never] = book.known[:, never] / 1000
    return expected


def _from_tomorrow(book: CashBook, expected: Ints) -> Ints:
    """Cut to the days after `as_of`; what is not yet stated before comes with the first of them."""
    start, lead = len(book.flows), len(expected) - HORIZON
    ahead = expected[lead:].copy()
    days = np.arange(start, start + lead)
    oldest = book.today - _LONGEST_CATCH_UP
    unseen = (days[:, None] > book.seen[None, :]) & (days[:, None] > oldest)
    ahead[0] += np.where(unseen, expected[:lead], 0).sum(axis=0)
    return ahead


def _baseline_back_test(book: CashBook) -> tuple[Floats, list[int]]:
    starts = origins(book, every=7, warm_up=28)
    return baseline_errors(book, starts), starts


def _kept_back_test(book: CashBook, kept: dict[str, Any]) -> tuple[Floats, list[int]]:
    """The champion's errors; a line it never met has those of the baseline."""
    days = [(date.fromisoformat(text) - book.days.first).days for text in kept["origins"]]
    place = lines_of(kept)
    missed = np.array(kept["errors"])
    own = [place.get(line, -1) for line in book.lines]
    found = missed[:, :, own]
    strangers = np.array(own) < 0
    if strangers.any():
        usable = [max(day, 0) for day in days]
        instead = baseline_errors(book, usable)
        found[:, :, strangers] = np.where(
            np.isnan(found[:, :, [0]]), np.nan, np.nan_to_num(instead[:, :, strangers])
        )
    return found, days


def _widths(
    book: CashBook, of: Levels, missed: Floats, starts: list[int], ahead: int
) -> tuple[dict[float, Floats], dict[float, Floats]]:
    """Half-widths of flows and of balances by share to cover: days x levels."""
    target = np.arange(book.today + 1, book.today + 1 + HORIZON)
    business = book.days.is_business == 1
    flows: dict[float, Floats] = {}
    balances: dict[float, Floats] = {}
    by_level = missed @ of.weights.T
    cumulated = np.cumsum(by_level, axis=1)
    for share in QUANTILES.values():
        if len(starts) < FEWEST_ORIGINS:
            rough = rough_widths(book.flows @ of.weights.T, ahead, share)
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
    of: Levels,
    chosen: list[int],
    measure: str,
    *,
    medians: Ints,
    known: Ints,
    widths: dict[float, Floats],
) -> pl.DataFrame:
    days, count = len(medians), len(chosen)
    names = ("level", "entity_id", "account_id", "currency", "category")
    keys = pl.DataFrame(
        [of.keys[index] for index in chosen for _ in range(days)],
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
    rows: pl.DataFrame, book: CashBook, named: tuple[str, str | None], now: datetime
) -> pl.DataFrame:
    dates = [book.as_of + timedelta(days=day) for day in range(HORIZON + 1)]
    by_day = pl.Series("date", dates, dtype=pl.Date())
    return rows.with_columns(
        as_of=pl.lit(book.as_of),
        date=pl.col("horizon_days").map_batches(by_day.gather, return_dtype=pl.Date()),
        model=pl.lit(named[0]),
        model_version=pl.lit(named[1], dtype=pl.String()),
        recorded_at=pl.lit(now).cast(pl.Datetime("us", "UTC")),
    )
