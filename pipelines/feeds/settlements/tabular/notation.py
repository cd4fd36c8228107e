"""How a settlement report writes its numbers and dates: found by looking at all of them at once."""

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
    report: Heading, lines: pl.DataFrame, totals: tuple[Mapping[str, str], ...]
) -> tuple[Notation, tuple[Finding, ...]]:
    """Look at every number and date of a report before the first of them is read.

    Raises:
        RefusedError: the dates follow no one order.
    """
    written = [without_currency_sign(lines[name]) for name in MONEY_COLUMNS]
    written.append(pl.Series([total["amount"] for total in totals], dtype=pl.String))
    mark = decimal_mark(pl.concat([amounts.alias("n") for amounts in written]).drop_nulls())
    orders: dict[str, str] = {}
    findings: list[Finding] = []
    days = {"created_at": lines["created_at"], "available_on": lines["available_on"]}
    days["totals"] = pl.Series([total.get("arrival_date") for total in totals], dtype=pl.String)
    certain_days: list[str] = []  # days of columns whose order is certain: the others keep to it
    for name, column in sorted(days.items(), key=lambda item: not _certain(_days_of(item[1]))):
        written_days = _days_of(column)
        orders[name], order_findings = _order(
            written_days, certain_days, report.names.get(name, name)
        )
        findings += order_findings
        certain_days += [] if order_findings else written_days
    taken = [report.profile.is_deducted(raw) for raw in lines["raw_type"]]
    minus = lines["net_amount"].str.contains(r"^\s*[-\u2212(]|-\s*$").fill_null(value=False)
    signed = bool((pl.Series(taken, dtype=pl.Boolean) & minus).any())
    return Notation(mark, orders, totals, signed), tuple(findings)


def _days_of(written: pl.Series) -> list[str]:
    return written.str.extract(r"^([^T\s]+)").drop_nulls().to_list()


def _certain(days: list[str]) -> bool:
    dates = date_order(days)
    return dates is not None and dates.certain


def _order(
    days: list[str], certain_days: list[str], column: str
) -> tuple[str, tuple[Finding, ...]]:
    if not days:
        return "YMD", ()
    dates = date_order([*days, *certain_days]) or date_order(days)
    if dates is None:
        raise RefusedError(
            "the dates follow no one order of day, month and year", place=f"column {column}"
        )
    if dates.certain:
        return dates.order, ()
    text = f"the dates could be read in another order as well; taken as {dates.order}"
    return dates.order, (Finding("ambiguous_dates", text, f"column {column}"),)


def filled_from_totals(named: pl.DataFrame, notation: Notation) -> pl.DataFrame:
    """Currency and day of lines that leave them to the row which states their payout."""
    if not notation.totals:
        return named
    stated = pl.DataFrame([dict(total) for total in notation.totals]).unique(
        "payout_id", keep="first"
    )
    day = moments(stated["arrival_date"], notation.orders["totals"]).str.slice(0, 10)
    stated = stated.select(
        "payout_id", pl.col("currency").alias("told_currency"), day.alias("told_day")
    )
    joined = named.join(stated, on="payout_id", how="left", maintain_order="left")
    return joined.with_columns(
        pl.coalesce("net_currency", "told_currency").alias("net_currency"),
        pl.coalesce("available_on", "told_day").alias("available_on"),
    ).drop("told_currency", "told_day")
