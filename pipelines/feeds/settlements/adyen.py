"""Adyen's settlement detail report, in both column layouts, as lines and the payout they make up.

`report_id` is the batch number and `line_id` the position of the line under the header, from 1.
`payout_id` is Adyen's reference of the transfer (`TX635094301XT`), with which the payout line's
modification reference begins and which the bank statement shows; without one, merchant and batch
number, for merchants count their batches each for itself.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

import polars as pl

from pipelines.feeds.parsing.dates import instants
from pipelines.feeds.parsing.delimited import LINE, RecordBatch, batches
from pipelines.feeds.parsing.rejects import broken_lines, in_order
from pipelines.feeds.parsing.typed_rows import typed
from pipelines.feeds.reading import Finding, Format, Reading, RefusedError, Source
from pipelines.feeds.settlements.rows import (
    LINES,
    PAYOUTS,
    add_up,
    credit_less_debit,
    exactly,
    layout_of,
    remainder,
    stripped,
)
from pipelines.feeds.settlements.totals import NET_OF_LINES, payouts_of_batches

MARK = ("Psp Reference", "Type", "Modification Reference", "Net Debit (NC)", "Net Credit (NC)")
PARTS = {
    "commission": "Commission (NC)",
    "markup": "Markup (NC)",
    "scheme_fees": "Scheme Fees (NC)",
    "interchange": "Interchange (NC)",
}
LINE_TYPES = {
    "Settled": "sale", "SettledBulk": "sale", "SettledInstallment": "sale",
    "SettledExternally": "sale", "SettledReversed": "refund", "BulkSettlement": "sale",
    "Refunded": "refund", "RefundedBulk": "refund", "RefundedExternally": "refund",
    "RefundedReversed": "sale", "PaidOut": "refund", "PaidOutReversed": "sale",
    "Chargeback": "chargeback", "SecondChargeback": "chargeback",
    "ChargebackExternally": "chargeback", "ChargebackReversed": "chargeback_reversed",
    "Fee": "fee", "PaymentCost": "fee", "MiscCosts": "fee", "InvoiceDeduction": "fee",
    "MerchantPayout": "payout", "MerchantPayoutReversed": "payout_failed",
    "BankInstructionReturned": "payout_failed", "Converted": "conversion",
    "DepositCorrection": "reserve", "ReserveAdjustment": "reserve",
    "Balancetransfer": "transfer", "BalanceTransfer": "transfer",
}  # fmt: skip
"""Journal types as Adyen documents them; any other is an adjustment, kept under its own name."""

_USED = {
    *("Company Account", "Merchant Account", "Psp Reference", "Merchant Reference"),
    *("Payment Method", "Creation Date", "TimeZone", "Type", "Modification Reference"),
    *("Gross Currency", "Gross Debit (GC)", "Gross Credit (GC)", "Exchange Rate", "Net Currency"),
    *("Net Debit (NC)", "Net Credit (NC)", "Batch Number", "Booking Date"),
    *("Booking Date TimeZone", "Payment Method Variant", *PARTS.values()),
}
_SINCE_2021 = {"Booking Date", "Booking Date TimeZone"}
"""Columns of the newer layout only; the older one also orders the last columns otherwise."""
RECEIVED_MARK = (
    "Merchant Account",
    "Psp Reference",
    "Creation Date",
    "TimeZone",
    "Currency",
    "Amount",
)
"""Columns of the received payment details, whose amounts are those asked of the shopper."""

_DESCRIBING = {
    *("Company Account", "Merchant Reference", "Payment Method", "Payment Method Variant"),
    "Exchange Rate",
}
"""Columns that a merchant can leave out of the report: no amount hangs on them."""


def recognises(head: bytes, _name: str) -> bool:
    """Whether the first line has the columns that every layout of the report has."""
    return layout_of(head, MARK) is not None


def read(source: Source) -> Iterator[Reading]:
    """Read a settlement detail report.

    The net of all lines but the payout is what the payout pays: a law that the rows keep, and that
    a control proves later.

    Raises:
        RefusedError: a column that amounts or dates hang on is missing, or a line has no end.
    """
    layout = layout_of(source.head(), MARK)
    lacking = _USED - set(layout.header if layout else ()) - _SINCE_2021 - _DESCRIBING
    if layout is None or lacking:
        raise RefusedError(
            f"the settlement report lacks {', '.join(sorted(lacking))}",
            place=f"line {layout.first_line - 1 if layout else 1}",
            advice="Ask Adyen for the report with its default columns",
        )
    named = re.search(r"batch_(\d+)", source.name)
    number = named.group(1) if named else None
    first = tuple(islice(batches(source, layout), 2))
    whole = len(first) == 1
    transfers = _transfers(first if whole else batches(source, layout), number)
    net: list[pl.DataFrame] = []
    last: Reading | None = None
    is_whole = True
    for batch in first if whole else batches(source, layout):
        if last is not None:
            yield last
        last = _reading(batch, layout.first_line, number, transfers)
        net.append(last.tables[LINES.name].select(NET_OF_LINES))
        is_whole &= last.rejected.is_empty()
    if last is not None:
        yield replace(last, totals=payouts_of_batches(pl.concat(net)) if is_whole else ())


def _batch_number(named: str | None) -> pl.Expr:
    return pl.col("Batch Number").fill_null(pl.lit(named, pl.String))


def _transfers(read: Iterable[RecordBatch], named: str | None) -> pl.DataFrame:
    """Which transfer paid out each batch: its line is the last of a report, the others need it."""
    reference = pl.col("Modification Reference").str.extract(r"^(TX\w+)")
    transfers = [
        stripped(batch)
        .filter(pl.col("Type") == "MerchantPayout")
        .select("Merchant Account", batch=_batch_number(named), transfer=reference)
        for batch in read
    ]
    return pl.concat(transfers).drop_nulls().unique(["Merchant Account", "batch"], keep="first")


def _reading(
    batch: RecordBatch, first_line: int, named_batch: str | None, transfers: pl.DataFrame
) -> Reading:
    given = stripped(batch)
    absent = [pl.lit(None, pl.String).alias(name) for name in _DESCRIBING - set(given.columns)]
    written = (
        given.with_columns(absent)
        .with_columns(_batch_number(named_batch).alias("batch"))
        .join(transfers, on=["Merchant Account", "batch"], how="left", maintain_order="left")
    )
    lines = _lines(written, first_line)
    rows, rejects = typed(LINES, lines, batch.records)
    payouts = lines.filter(pl.col("line_type") == "payout").select(LINE, **_PAYOUT)
    paid, unpaid = typed(PAYOUTS, payouts)
    return Reading(
        format="Adyen",
        version=f"{len(batch.records.columns) - 1} columns",
        tables={LINES.name: rows, PAYOUTS.name: paid},
        rejected=in_order(rejects, unpaid, broken_lines(LINES.name, batch.broken)),
        findings=(*batch.findings, *add_up(rows), *_unknown_types(written)),
    )


_DERIVED = [
    credit_less_debit("Gross Credit (GC)", "Gross Debit (GC)").alias("gross"),
    credit_less_debit("Net Credit (NC)", "Net Debit (NC)").alias("net"),
    pl.col("Type").replace_strict(LINE_TYPES, default="adjustment").alias("kind"),
]


def _fees() -> pl.Expr:
    """Gross less net in one currency; a fee line is all fee; else the parts, to the cent."""
    gross, net = exactly("gross"), exactly("net")
    stated = pl.sum_horizontal(exactly(name).fill_null(0) for name in PARTS.values()).round(2)
    same = gross.is_not_null() & (pl.col("Gross Currency") == pl.col("Net Currency"))
    fee = (
        pl.when(same)
        .then(gross - net)
        .when((pl.col("kind") == "fee") & gross.is_null())
        .then(-net)
        .otherwise(stated)
    )
    return fee.cast(pl.String)


_LINE = {
    "provider": pl.lit("adyen"),
    "report_id": pl.col("batch"),
    "payout_id": pl.coalesce("transfer", pl.concat_str("Merchant Account", "batch", separator="/")),
    "merchant_account": pl.col("Merchant Account"),
    "line_type": pl.col("kind"),
    "raw_type": pl.col("Type"),
    "psp_reference": pl.col("Psp Reference"),
    "modification_reference": pl.col("Modification Reference"),
    "merchant_reference": pl.col("Merchant Reference"),
    "payment_method": pl.col("Payment Method"),
    "gross_amount": pl.col("gross"),
    "gross_currency": pl.col("Gross Currency"),
    "exchange_rate": pl.col("Exchange Rate"),
    "fee_amount": _fees(),
    **{part: pl.col(name) for part, name in PARTS.items()},
    "net_amount": pl.col("net"),
    "net_currency": pl.col("Net Currency"),
    "description": pl.col("Payment Method Variant"),
}


def _lines(written: pl.DataFrame, first_line: int) -> pl.DataFrame:
    day = [name for name in ("Booking Date", "Creation Date") if name in written.columns]
    return written.with_columns(_DERIVED).select(
        LINE,
        **_LINE,
        line_id=(pl.col(LINE) - first_line + 1).cast(pl.String),
        created_at=instants(written["Creation Date"], written["TimeZone"]),
        available_on=pl.coalesce(day).str.slice(0, 10),
        remainder=remainder(written, _USED | {"batch", "transfer"}),
    )


_PAYOUT = {
    "provider": pl.col("provider"),
    "payout_id": pl.col("payout_id"),
    "report_id": pl.col("report_id"),
    "merchant_account": pl.col("merchant_account"),
    "amount": pl.col("net_amount").pipe(
        lambda net: (
            pl.when(net.str.starts_with("-"))
            .then(net.str.strip_prefix("-"))
            .otherwise(pl.lit("-") + net)
        )
    ),
    "currency": pl.col("net_currency"),
    "status": pl.lit("paid"),
    "automatic": pl.lit("true"),
    "created_at": pl.col("created_at"),
    "arrival_date": pl.col("available_on"),
    "bank_reference": pl.col("modification_reference"),
}


_UNKNOWN = ~pl.col("Type").is_in(list(LINE_TYPES)).fill_null(value=False)


def _unknown_types(written: pl.DataFrame) -> tuple[Finding, ...]:
    unknown = written.filter(_UNKNOWN)
    if unknown.is_empty():
        return ()
    first = unknown.group_by("Type", maintain_order=True).agg(pl.col(LINE).first())
    return tuple(
        Finding(
            "unknown_line_type", f"taken as an adjustment: {kind or '(no type)'}", f"line {line}"
        )
        for kind, line in first.iter_rows()
    )


def is_received_payments(head: bytes, _name: str) -> bool:
    """Whether the first line is that of Adyen's received payment details report."""
    return layout_of(head, RECEIVED_MARK) is not None


def refuse_received_payments(_source: Source) -> Iterator[Reading]:
    """Turn the received payment details away by name.

    Raises:
        RefusedError: always; the report knows neither fees nor payouts.
    """
    raise RefusedError(
        "This file is Adyen's received payment details report: payments as they were authorised or "
        "refused, without fees, refunds or payouts, which no bank statement can be held against",
        advice="Send Adyen's settlement detail report (settlement_detail_report_batch_N.csv)",
    )


FORMATS = (
    Format("adyen.settlement_detail", "settlements", recognises, read),
    Format(
        "adyen.received_payments", "settlements", is_received_payments, refuse_received_payments
    ),
)
