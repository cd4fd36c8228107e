"""The table at the end of a run: what a controller asks first, read from the lake."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from pipelines.lake.lake import Lake
from pipelines.records.amounts import (
    BaseCurrencySum,
    IncomingAmounts,
    base_currency,
    incoming_amounts,
    sum_in_base_currency,
)
from pipelines.records.status import status
from quality.reconciliation.reporting.match_rate import match_rate

WEEKS = (4, 13)
"""Weeks ahead at which the table states the cash forecast."""

FAILED = ("failed", "error", "missing")
"""Outcomes of a control that count as failed: one that did not run proves nothing."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Group cash some weeks ahead, in the base currency: the middle and the 90 % interval.

    The amounts are None, and `missing_rates` names currencies, where a rate is not known.
    """

    weeks: int
    low: Decimal | None
    middle: Decimal | None
    high: Decimal | None
    model: str
    missing_rates: str | None


@dataclass(frozen=True, slots=True)
class Summary:
    """The state of the house as of a day.

    Money is in the base currency, or not known where a rate is missing; amounts of files are
    control totals, one for each currency. `missing_days` are the business days so far on which a
    control was not run. `refused` are the files that were refused, each with the reason.
    """

    as_of: date
    files: Mapping[str, int]
    refused: tuple[tuple[str, str], ...]
    rows_loaded: int
    rows_quarantined: int
    amounts: tuple[IncomingAmounts, ...]
    controls: Mapping[str, int]
    missing_days: int
    failed_laws: tuple[tuple[str, int], ...]
    match_rates: tuple[tuple[str, Decimal], ...]
    open_breaks: int
    open_breaks_value: BaseCurrencySum
    oldest_break: date | None
    oldest_age: int | None
    cash: BaseCurrencySum | None
    forecasts: tuple[Forecast, ...]
    collections: int
    alerts: int

    @property
    def is_clean(self) -> bool:
        """Whether no file was refused and no control failed, on any day so far."""
        return not (self.refused or self.failed_laws or self.missing_days)


def summarise(lake: Lake, as_of: date) -> Summary:
    """Read the state of a lake; what has not been built yet is absent, never guessed."""
    lake_status = status(lake, as_of)
    files, controls = lake_status.files, lake_status.controls.filter(pl.col("as_of") == as_of)
    failed = controls.filter(pl.col("outcome").is_in(FAILED)).group_by("name").len().sort("name")
    missing = lake_status.controls.filter(pl.col("outcome") == "missing", pl.col("as_of") <= as_of)
    breaks = _table(lake, "gold/fct_breaks")
    return Summary(
        as_of=as_of,
        files=_counts(files["state"]),
        refused=tuple(files.filter(state="refused").select("file", "reason").iter_rows()),
        rows_loaded=int(files["rows_loaded"].sum()),
        rows_quarantined=int(files["rows_quarantined"].sum()),
        amounts=incoming_amounts(lake, as_of),
        controls=_counts(controls["outcome"]),
        missing_days=missing["as_of"].n_unique(),
        failed_laws=tuple(failed.iter_rows()),
        match_rates=_match_rates(lake),
        open_breaks=0 if breaks is None else breaks.height,
        open_breaks_value=_worth(lake, breaks),
        oldest_break=_least(breaks, "date"),
        oldest_age=_most(breaks, "age_business_days"),
        cash=_cash(lake, as_of),
        forecasts=_forecasts(lake, as_of),
        collections=_published(lake, "gold/fct_collections_queue", as_of),
        alerts=_published(lake, "gold/fct_fraud_alerts", as_of),
    )


def _table(lake: Lake, table: str) -> pl.DataFrame | None:
    return lake.read(table).collect() if lake.exists(table) else None


def _counts(column: pl.Series) -> Mapping[str, int]:
    counted = column.value_counts(sort=True)
    return dict(counted.iter_rows())


def _least(frame: pl.DataFrame | None, column: str) -> Any:
    return None if frame is None or frame.is_empty() else frame[column].min()


def _most(frame: pl.DataFrame | None, column: str) -> Any:
    return None if frame is None or frame.is_empty() else frame[column].max()


def _match_rates(lake: Lake) -> tuple[tuple[str, Decimal], ...]:
    sides, matches = _table(lake, "silver/int_recon_sides"), _table(lake, "silver/recon_matches")
    if sides is None or matches is None or sides.is_empty():
        return ()
    rates = match_rate(sides, matches).drop_nulls("share_by_value")
    named = pl.concat_str("recon", "currency", separator=", ")
    return tuple(rates.select(named, "share_by_value").iter_rows())


def _worth(lake: Lake, breaks: pl.DataFrame | None) -> BaseCurrencySum:
    code = base_currency(lake)
    if breaks is None or breaks.is_empty():
        return BaseCurrencySum(code, Decimal(0), (), ())
    rows = breaks.with_columns(pl.col("amount", "amount_base").abs())
    return sum_in_base_currency(rows, code, own="amount", base="amount_base")


def _cash(lake: Lake, as_of: date) -> BaseCurrencySum | None:
    position = _table(lake, "gold/fct_cash_position")
    if position is None:
        return None
    today = position.filter(pl.col("date") <= as_of)
    if today.is_empty():
        return None
    rows = today.filter(pl.col("date") == pl.col("date").max())
    return sum_in_base_currency(
        rows, base_currency(lake), own="closing_balance", base="closing_balance_base"
    )


def _forecasts(lake: Lake, as_of: date) -> tuple[Forecast, ...]:
    published = _table(lake, "gold/fct_liquidity_forecast")
    if published is None:
        return ()
    group = published.filter(
        pl.col("as_of") == as_of, pl.col("level") == "group", pl.col("measure") == "balance"
    )
    ahead = group.filter(pl.col("horizon_days").is_in([7 * weeks for weeks in WEEKS]))
    names = ("horizon_days", "p05", "p50", "p95", "model", "missing_rates")
    if "missing_rates" not in ahead.columns:  # published by an earlier release
        ahead = ahead.with_columns(pl.lit(None, pl.String).alias("missing_rates"))
    chosen = ahead.sort("horizon_days").select(names)
    return tuple(Forecast(days // 7, *rest) for days, *rest in chosen.iter_rows())


def _published(lake: Lake, table: str, as_of: date) -> int:
    rows = _table(lake, table)
    return 0 if rows is None else rows.filter(pl.col("as_of") == as_of).height
