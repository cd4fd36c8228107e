"""PayPal's activity and statement reports, in any of its languages, dates and numbers.

A transaction is a document of its own (`report_id` is the transaction id): reports overlap.
Withdrawals are lines and payouts. The legs of a currency conversion carry the rate between them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from pipelines.feeds.parsing.dates import date_order, instants, iso_dates
from pipelines.feeds.parsing.delimited import LINE, DelimitedLayout, RecordBatch, batches, layouts
from pipelines.feeds.parsing.numbers import decimal_mark, plain_number
from pipelines.feeds.parsing.rejects import broken_lines, in_order
from pipelines.feeds.parsing.typed_rows import typed
from pipelines.feeds.reading import Finding, Format, Reading, RefusedError, Source, recognised
from pipelines.feeds.settlements.paypal_words import COLUMNS, NEEDED, STATES, kind_of
from pipelines.feeds.settlements.rows import (
    LINES,
    PAYOUTS,
    add_up,
    exact,
    payouts_among_lines,
    remainder,
    stripped,
)

MONEY_COLUMNS = ("gross", "fee", "net", "balance")
AMERICAN = r"^(America/|US/|[PMCE][SD]T$)"


@dataclass(frozen=True, slots=True)
class PaypalReport:
    """How a report is written: its layout, our words for its columns, its language's habits."""

    layout: DelimitedLayout
    names: Mapping[str, str]
    mark: str = "."
    order: str = "YMD"


@lru_cache(maxsize=8)
def _columns(head: bytes) -> PaypalReport | None:
    for layout in layouts(head):
        by_name = {name.strip(): name for name in layout.header}
        names = {
            column: by_name[known_names[0]]
            for column, written in COLUMNS.items()
            if (known_names := [name for name in written if name in by_name])
        }
        if set(NEEDED) <= names.keys():
            return PaypalReport(layout, names)
    return None


def recognises(head: bytes, _name: str) -> bool:
    """Whether the first line has a report's columns, in a language that we know."""
    return _columns(head) is not None


def read(source: Source) -> Iterator[Reading]:
    """Read a report; each line keeps the running balance of its currency, or a finding says so.

    Raises:
        RefusedError: the dates cannot be told apart, or a line has no end.
    """
    report, findings = _with_notation(source)
    for batch in batches(source, report.layout):
        yield _reading(batch, report, findings)
        findings = ()


def _with_notation(source: Source) -> tuple[PaypalReport, tuple[Finding, ...]]:
    """Look at all dates and numbers of the file before the first of them is read."""
    report = recognised(_columns(source.head()), "a PayPal report")
    columns = [
        _named(batch, report).select("date", "zone", "gross", "net")
        for batch in batches(source, report.layout)
    ]
    seen = pl.concat(columns).drop_nulls("date")
    mark = decimal_mark(pl.concat([seen["gross"], seen["net"]]).drop_nulls())
    if not seen.height:
        return report, ()
    english = report.names["currency"] == "Currency"
    month_first = english and bool(seen["zone"].str.contains(AMERICAN).fill_null(value=False).all())
    dates = date_order(seen["date"].to_list(), month_first=month_first)
    if dates is None:
        raise RefusedError(
            "the dates of the report follow no one order of day, month and year",
            place=f"column {report.names['date']}",
            advice="Export the report again in one format",
        )
    written = PaypalReport(report.layout, report.names, mark, dates.order)
    if dates.certain:
        return written, ()
    text = f"the dates could be read in another order as well; taken as {dates.order}"
    return written, (Finding("ambiguous_dates", text, f"column {report.names['date']}"),)


def _named(batch: RecordBatch, report: PaypalReport) -> pl.DataFrame:
    """The records under our words; a column that the report lacks is null."""
    given = stripped(batch)
    absent = [name for name in COLUMNS if name not in report.names]
    return given.select(
        LINE,
        *(pl.col(header_name).alias(column) for column, header_name in report.names.items()),
        *(pl.lit(None, pl.String).alias(name) for name in absent),
    )


def _reading(batch: RecordBatch, report: PaypalReport, findings: tuple[Finding, ...]) -> Reading:
    named = _named(batch, report)
    named = named.with_columns(
        iso_dates(named["date"], report.order),
        *(plain_number(named[name], report.mark).alias(name) for name in MONEY_COLUMNS),
    )
    left = remainder(stripped(batch), set(report.names.values()))
    lines = _lines(named).with_columns(left)
    rows, rejects = typed(LINES, lines, batch.records)
    paid, unpaid = typed(PAYOUTS, _payouts(named, lines))
    broken = broken_lines(LINES.name, batch.broken)
    return Reading(
        format="PayPal",
        version="activity" if "status" in report.names else "statement",
        tables={LINES.name: rows, PAYOUTS.name: paid},
        rejected=in_order(rejects, unpaid, broken),
        findings=(*findings, *batch.findings, *add_up(rows), *_balance_breaks(named)),
    )


def _lines(named: pl.DataFrame) -> pl.DataFrame:
    kinds = [kind_of(*pair) for pair in named.select("type", "gross").iter_rows()]
    kind = pl.Series("kind", kinds, dtype=pl.String)
    number = pl.int_range(pl.len()).over("transaction") + 1
    line_id = pl.when(number == 1).then(pl.col("transaction"))
    is_payout, is_back, is_conversion = (
        kind == line_type for line_type in ("payout", "payout_failed", "conversion")
    )
    return named.select(
        LINE,
        provider=pl.lit("paypal"),
        report_id=pl.col("transaction"),
        line_id=line_id.otherwise(pl.format("{}-{}", "transaction", number)),
        payout_id=pl.when(is_payout).then("transaction").when(is_back).then("reference"),
        line_type=kind,
        raw_type=pl.col("type"),
        psp_reference=pl.col("transaction"),
        modification_reference=pl.col("reference"),
        merchant_reference=pl.col("invoice"),
        payment_method=pl.lit("paypal"),
        created_at=instants(named["date"] + " " + named["time"], named["zone"]),
        available_on=pl.col("date"),
        gross_amount=pl.col("gross"),
        gross_currency=pl.col("currency"),
        exchange_rate=_rates(named, is_conversion),
        fee_amount=(-exact(named["fee"])).cast(pl.String).fill_null(named["fee"]),
        net_amount=pl.col("net"),
        net_currency=pl.col("currency"),
        status=pl.col("status"),
        description=pl.concat_str("name", "subject", separator=", ", ignore_nulls=True),
    )


def _rates(named: pl.DataFrame, is_conversion: pl.Series) -> pl.Series:
    """What came in for one unit of what went out, on both legs of a conversion.

    The legs name the payment they were made for, or each other.
    """
    legs = named.select(LINE, "transaction", "reference", net=exact(named["net"])).filter(
        is_conversion
    )
    own = legs["transaction"].implode()
    each_other = pl.col("reference").is_in(own)
    pair = pl.when(each_other).then(pl.min_horizontal("transaction", "reference"))
    priced = (
        legs.with_columns(pair.otherwise("reference").alias("pair"))
        .group_by("pair")
        .agg(
            LINE,
            into=pl.col("net").filter(pl.col("net") > 0).sum(),
            out=-pl.col("net").filter(pl.col("net") < 0).sum(),
            legs=pl.len(),
        )
    )
    two = priced.filter((pl.col("legs") == 2) & (pl.col("into") > 0) & (pl.col("out") > 0))
    rates = two.with_columns(
        (pl.col("into") / pl.col("out")).round(8).cast(pl.String).alias("rate")
    )
    by_line = rates.explode(LINE).select(LINE, "rate")
    return named.select(LINE).join(by_line, on=LINE, how="left", maintain_order="left")["rate"]


def _payouts(named: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    return payouts_among_lines(
        lines,
        exact(named["net"]),
        sent_status=named["status"].str.to_lowercase().replace_strict(STATES, default=None),
        automatic=named["type"].str.contains("(?i)auto").cast(pl.String),
        bank_account=named["bank_account"],
        bank_reference=lines["payout_id"],
    )


def _balance_breaks(named: pl.DataFrame) -> tuple[Finding, ...]:
    """Lines after which the stated balance is not the one before plus the line's net."""
    chain = named.select(
        LINE, "currency", net=exact(named["net"]), balance=exact(named["balance"])
    ).with_columns(before=pl.col("balance").shift(1).over("currency"))
    off = chain.filter(pl.col("before") + pl.col("net") != pl.col("balance"))
    return tuple(
        Finding("balance_chain", f"{before} + {net} is not {balance} {currency}", f"line {line}")
        for line, currency, net, balance, before in off.head(100).iter_rows()
    )


FORMATS = (Format("paypal.report", "settlements", recognises, read),)
