"""Amounts by currency: what came in, and what stands in a currency of which no rate is known."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb
import polars as pl

from pipelines.lake.lake import Lake
from pipelines.records.control_tables import QUARANTINE
from pipelines.settings import Settings
from quality.contract import contracts

RATES = "silver/int_fx_rates_daily"
_WIDE = pl.Decimal(38, 3)


@dataclass(frozen=True, slots=True)
class IncomingAmounts:
    """What came in in one currency, in bronze and in quarantine.

    `unknown` counts the rows in quarantine of which no amount could be read; `currency` is None
    where a row does not say it.
    """

    currency: str | None
    loaded: Decimal
    quarantined: Decimal
    unknown: int


@dataclass(frozen=True, slots=True)
class BaseCurrencySum:
    """A sum in the base currency, or why it is not known and what it consists of.

    `missing` has the currencies of which no rate is known, each with the day of the amount.
    """

    base_currency: str
    total: Decimal | None
    parts: tuple[tuple[str, Decimal], ...]
    missing: tuple[tuple[str, date], ...]

    @property
    def reason(self) -> str:
        """Why the sum is not known, for people; empty when it is."""
        if not self.missing:
            return ""
        return "not known: no rate for " + ", ".join(f"{c} on {day}" for c, day in self.missing)


def plain_amount(amount: Decimal) -> str:
    """An amount to the cent, with thousands marks; a third decimal only where there is one."""
    exact = amount.quantize(Decimal("0.01"))
    return f"{exact:,}" if exact == amount else f"{amount:,}"


def incoming_amounts(lake: Lake, as_of: date | None = None) -> tuple[IncomingAmounts, ...]:
    """Control totals of the files by currency: the amounts of all rows of all tables.

    With `as_of`, of what was known at the end of that day.
    """
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    until = f"known_at < date '{as_of}' + 1" if as_of else "true"
    asked = []
    for each in contracts().values():
        table = f"bronze/{each.name}"
        if each.layer == "bronze" and each.amount and each.currency and lake.exists(table):
            lake.register(con, table)
            asked.append(
                f"select {each.currency} as currency, sum(cast({each.amount} as decimal(38,3)))"
                f' as loaded from bronze."{each.name}" where {until} group by all'
            )
    schema = {"currency": pl.String(), "loaded": _WIDE}
    stored = pl.DataFrame(schema=schema)
    if asked:
        stored = con.sql(" union all ".join(asked)).pl().cast(pl.Schema(schema))
    quarantined = _quarantined(lake, as_of)
    sums = (
        pl.concat([stored, quarantined], how="diagonal")
        .group_by("currency")
        .agg(pl.col("loaded", "quarantined", "unknown").sum())
        .sort("currency", nulls_last=True)
    )
    return tuple(
        IncomingAmounts(code, Decimal(loaded or 0), Decimal(set_aside or 0), int(unknown or 0))
        for code, loaded, set_aside, unknown in sums.iter_rows()
    )


def _quarantined(lake: Lake, as_of: date | None) -> pl.DataFrame:
    schema = {"currency": pl.String(), "quarantined": _WIDE, "unknown": pl.Int64()}
    if not lake.exists(QUARANTINE):
        return pl.DataFrame(schema=schema)
    carrying = [each.name for each in contracts().values() if each.amount]
    rows = lake.read(QUARANTINE).filter(pl.col("table").is_in(carrying))
    if as_of is not None:
        rows = rows.filter(pl.col("known_at").dt.date() <= as_of)
    return (
        rows.group_by("currency")
        .agg(
            pl.col("amount").cast(_WIDE).sum().alias("quarantined"),
            pl.col("amount").is_null().sum().cast(pl.Int64).alias("unknown"),
        )
        .collect()
    )


def sum_in_base_currency(
    rows: pl.DataFrame, base_currency: str, *, own: str, base: str
) -> BaseCurrencySum:
    """Add up amounts in the base currency, unless one of them has none there.

    Args:
        rows: `currency`, `date`, the amounts.
        base_currency: the currency of `base`.
        own: the column of amounts in their own currency.
        base: the column of the same in the base currency, null where no rate is known.
    """
    parts = rows.group_by("currency").agg(pl.col(own).cast(_WIDE).sum()).sort("currency")
    unknown = rows.filter(pl.col(base).is_null() & (pl.col(own) != 0))
    missing = unknown.group_by("currency").agg(pl.col("date").max()).sort("currency")
    total = None if missing.height else Decimal(rows[base].cast(_WIDE).sum() or 0)
    return BaseCurrencySum(
        base_currency, total, tuple(parts.iter_rows()), tuple(missing.iter_rows())
    )


def base_currency(lake: Lake) -> str:
    """The currency that the figures of a lake are added up in; as set where there are none yet."""
    if lake.exists(RATES):
        named = lake.read(RATES, columns=["base_currency"]).head(1).collect()
        if named.height:
            return str(named.item())
    return Settings().base_currency
