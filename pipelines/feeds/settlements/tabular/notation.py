"""How a settlement report writes its numbers and dates, told by looking at all of them at once."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.feeds.parsing.dates import date_order, moments
from pipelines.feeds.parsing.numbers import decimal_mark, without_currency_sign
from pipelines.feeds.reading import Finding, RefusedError
from pipelines.feeds.settlements.tabular.heading import Heading

MONEY_COLUMNS = ("gross_amount", "fee_amount", "net_amount")


@dataclass(frozen=True, slots=True)
class Notation:
    """How a report writes its numbers and dates, and what it states of its payouts."""

    mark: str
    orders: Mapping[str, str]
    totals: tuple[Mapping[str, str], ...]
    signed: bool


def notation_of(
    found: Heading, seen: pl.DataFrame, totals: tuple[Mapping[str, str], ...]
) -> tuple[Notation, tuple[Finding, ...]]:
    """Look at every number and date of a report before the first of them is read.

    Raises:
        RefusedError: the dates follow no one order.
    """
    written = [without_currency_sign(seen[name]) for name in MONEY_COLUMNS]
    written.append(pl.Series([total["amount"] for total in totals], dtype=pl.String))
    mark = decimal_mark(pl.concat([one.alias("n") for one in written]).drop_nulls())
    orders: dict[str, str] = {}
    findings: list[Finding] = []
    days = {"created_at": seen["created_at"], "available_on": seen["available_on"]}
    days["totals"] = pl.Series([total.get("arrival_date") for total in totals], dtype=pl.String)
    told: list[str] = []  # days of columns whose order is certain: the others keep to it
    for name, column in sorted(days.items(), key=lambda item: not _certain(_days_of(item[1]))):
        written_days = _days_of(column)
        orders[name], odd = _order(written_days, told, found.names.get(name, name))
        findings += odd
        told += [] if odd else written_days
    taken = [found.profile.takes(raw) for raw in seen["raw_type"]]
    minus = seen["net_amount"].str.contains(r"^\s*[-\u2212(]|-\s*$").fill_null(value=False)
    signed = bool((pl.Series(taken, dtype=pl.Boolean) & minus).any())
    return Notation(mark, orders, totals, signed), tuple(findings)


def _days_of(written: pl.Series) -> list[str]:
    return written.str.extract(r"^([^T\s]+)").drop_nulls().to_list()


def _certain(days: list[str]) -> bool:
    found = date_order(days)
    return found is not None and found.certain


def _order(days: list[str], told: list[str], column: str) -> tuple[str, tuple[Finding, ...]]:
    if not days:
        return "YMD", ()
    found = date_order([*days, *told]) or date_order(days)
    if found is None:
        raise RefusedError(
            "the dates follow no one order of day, month and year", place=f"column {column}"
        )
    if found.certain:
        return found.order, ()
    text = f"the dates could be read in another order as well; taken as {found.order}"
    return found.order, (Finding("ambiguous_dates", text, f"column {column}"),)


def filled_from_totals(named: pl.DataFrame, habits: Notation) -> pl.DataFrame:
    """Currency and day of lines that leave them to the row which states their payout."""
    if not habits.totals:
        return named
    told = pl.DataFrame([dict(total) for total in habits.totals]).unique("payout_id", keep="first")
    day = moments(told["arrival_date"], habits.orders["totals"]).str.slice(0, 10)
    told = told.select(
        "payout_id", pl.col("currency").alias("told_currency"), day.alias("told_day")
    )
    joined = named.join(told, on="payout_id", how="left", maintain_order="left")
    return joined.with_columns(
        pl.coalesce("net_currency", "told_currency").alias("net_currency"),
        pl.coalesce("available_on", "told_day").alias("available_on"),
    ).drop("told_currency", "told_day")
