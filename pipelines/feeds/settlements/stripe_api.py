"""Stripe's balance transactions and payouts, as its API and the common connectors export them.

Amounts stand in minor units. A balance transaction is a document of its own (`report_id` is
`line_id`): exports overlap, and each one states a transaction anew.
"""

from collections.abc import Iterator, Mapping
from functools import partial

import polars as pl

from pipelines.feeds.parsing.delimited import LINE, RecordBatch, batches
from pipelines.feeds.parsing.minor_units import major
from pipelines.feeds.parsing.rejects import broken_lines, in_order
from pipelines.feeds.parsing.typed_rows import typed
from pipelines.feeds.reading import Finding, Format, Reading, RefusedError, Source, recognised
from pipelines.feeds.settlements.rows import (
    LINES,
    PAYOUTS,
    add_up,
    column,
    layout_of,
    remainder,
    stripped,
)

TRANSACTION_MARK = ("id", "amount", "available_on", "created", "currency", "fee", "net", "type")
PAYOUT_MARK = ("id", "amount", "arrival_date", "automatic", "created", "currency", "status")
NEIGHBOURS = {
    "charges": ("id", "amount", "captured", "balance_transaction_id"),
    "payments": ("id", "description", "amount_refunded", "converted_amount", "fee"),
    "payments of the dashboard": ("id", "Amount", "Amount Refunded", "Converted Amount", "Fee"),
    "disputes": ("id", "amount", "charge_id", "evidence_details_due_by"),
    "refunds": ("id", "amount", "charge_id", "receipt_number"),
    "fee details": ("balance_transaction_id", "index", "amount", "currency"),
    "links of payouts": ("payout_id", "balance_transaction_id"),
}
"""Exports that describe the same money once more; the balance transactions carry it all."""

LINE_TYPES = {
    **dict.fromkeys(("charge", "payment"), "sale"),
    **dict.fromkeys(("refund", "payment_refund", "refund_failure", "payment_reversal"), "refund"),
    **dict.fromkeys(("payment_failure_refund",), "refund"),
    **dict.fromkeys(("stripe_fee", "network_cost", "tax_fee", "stripe_fx_fee"), "fee"),
    "payout": "payout",
    **dict.fromkeys(("payout_cancel", "payout_failure"), "payout_failed"),
    **dict.fromkeys(("transfer", "transfer_cancel", "transfer_failure"), "transfer"),
    **dict.fromkeys(("transfer_refund", "topup", "topup_reversal"), "transfer"),
    **dict.fromkeys(("reserve_transaction", "reserved_funds", "reserve_hold"), "reserve"),
    **dict.fromkeys(("reserve_release", "payment_network_reserve_hold"), "reserve"),
    **dict.fromkeys(("adjustment", "contribution"), "adjustment"),
    **dict.fromkeys(("charge_failure", "partial_capture_reversal"), "refund"),
    "dispute": "chargeback",
    "dispute_reversal": "chargeback_reversed",
    **dict.fromkeys(("fee", "tax"), "fee"),
    "payout_reversal": "payout_failed",
    **dict.fromkeys(("transfer_reversal", "connect_collection_transfer"), "transfer"),
    **dict.fromkeys(("risk_reserved_funds", "connect_reserved_funds"), "reserve"),
    **dict.fromkeys(("other_adjustment", "platform_earning"), "adjustment"),
    **dict.fromkeys(("platform_earning_refund", "application_fee"), "adjustment"),
    "application_fee_refund": "adjustment",
    **dict.fromkeys(("payout_minimum_balance_hold", "payout_minimum_balance_release"), "reserve"),
    "payment_network_reserve_release": "reserve",
    **dict.fromkeys(("issuing_authorization_hold", "issuing_authorization_release"), "reserve"),
    **dict.fromkeys(
        ("issuing_dispute", "issuing_transaction", "payment_unreconciled"), "adjustment"
    ),
    **dict.fromkeys(("advance", "advance_funding", "anticipation_repayment"), "adjustment"),
    **dict.fromkeys(("obligation_inbound", "obligation_outbound"), "transfer"),
    **dict.fromkeys(("obligation_reversal_inbound", "obligation_reversal_outbound"), "transfer"),
    **dict.fromkeys(("climate_order_purchase", "climate_order_refund"), "adjustment"),
    **dict.fromkeys(("stripe_balance_payment_debit",), "transfer"),
    "stripe_balance_payment_debit_reversal": "transfer",
}
"""Types of the API and reporting categories of the reports, as Stripe documents them.

An adjustment for a dispute is a chargeback or its reversal.
"""

_LINE_COLUMNS = {
    *TRANSACTION_MARK,
    *("source", "status", "payout_id", "description", "exchange_rate", "connected_account_id"),
    *("merchant_reference", "automatic_payout_id", "payment_method_type"),
}
_PAYOUT_COLUMNS = {
    *PAYOUT_MARK,
    *("destination_bank_account_id", "destination", "destination_card_id", "failure_code"),
    *("statement_descriptor", "trace_id", "connected_account_id"),
}


def _has(mark: tuple[str, ...], head: bytes, _name: str) -> bool:
    return layout_of(head, mark) is not None


def read_transactions(source: Source) -> Iterator[Reading]:
    """Read balance transactions into settlement lines; `description` is our own reference."""
    layout = recognised(layout_of(source.head(), TRANSACTION_MARK), "Stripe's balance transactions")
    for batch in batches(source, layout):
        written = stripped(batch)
        rows, rejects = typed(LINES, lines(written, _MINOR), written)
        findings = (*batch.findings, *add_up(rows), *unknown_types(written))
        yield _reading(
            "Stripe balance transactions",
            LINES.name,
            batch,
            rows=rows,
            rejects=rejects,
            findings=findings,
        )


def read_payouts(source: Source) -> Iterator[Reading]:
    """Read payouts, automatic and manual, arrived, failed and on their way."""
    layout = recognised(layout_of(source.head(), PAYOUT_MARK), "Stripe's payouts")
    for batch in batches(source, layout):
        written = stripped(batch)
        rows, rejects = typed(PAYOUTS, _payouts(written), written)
        yield _reading(
            "Stripe payouts",
            PAYOUTS.name,
            batch,
            rows=rows,
            rejects=rejects,
            findings=batch.findings,
        )


def _reading(
    name: str,
    table: str,
    batch: RecordBatch,
    *,
    rows: pl.DataFrame,
    rejects: pl.DataFrame,
    findings: tuple[Finding, ...],
) -> Reading:
    rejected_rows = in_order(rejects, broken_lines(table, batch.broken))
    return Reading(
        name, f"{len(batch.records.columns) - 1} columns", {table: rows}, rejected_rows, findings
    )


def _instant(name: str) -> pl.Expr:
    """A moment as ISO text; the API itself writes seconds since 1970."""
    written = pl.col(name)
    seconds = written.str.contains(r"^\d{9,11}$")
    epoch = pl.from_epoch(pl.when(seconds).then(written).cast(pl.Int64), time_unit="s")
    return pl.coalesce(epoch.dt.strftime("%Y-%m-%dT%H:%M:%SZ"), written)


_CURRENCY = pl.col("currency").str.to_uppercase()
_TAKEN = pl.when(pl.col("net").str.starts_with("-")).then(pl.lit("chargeback"))
_KIND = pl.col("type").replace_strict(LINE_TYPES, default="adjustment")
_DISPUTED = pl.col("source").str.contains("^(du|dp)_").fill_null(value=False)
_LINE = {
    "provider": pl.lit("stripe"),
    "report_id": pl.col("id"),
    "line_id": pl.col("id"),
    "line_type": pl.when((pl.col("type") == "adjustment") & _DISPUTED)
    .then(_TAKEN.otherwise(pl.lit("chargeback_reversed")))
    .otherwise(_KIND),
    "raw_type": pl.col("type"),
    "psp_reference": pl.col("source"),
    "created_at": _instant("created"),
    "available_on": _instant("available_on").str.slice(0, 10),
    "gross_currency": _CURRENCY,
    "net_currency": _CURRENCY,
}
_MINOR = {
    f"{part}_amount": major(pl.col(source_name), pl.col("currency"))
    for part, source_name in (("gross", "amount"), ("fee", "fee"), ("net", "net"))
}


def lines(written: pl.DataFrame, money: Mapping[str, pl.Expr]) -> pl.DataFrame:
    """Settlement lines of balance transactions under the API's names; `money` reads the amounts."""
    return written.with_columns(column(written, "source")).select(
        LINE,
        **_LINE,
        **money,
        payout_id=column(written, "payout_id", "automatic_payout_id"),
        merchant_account=column(written, "connected_account_id"),
        merchant_reference=column(written, "merchant_reference", "description"),
        payment_method=column(written, "payment_method_type"),
        exchange_rate=column(written, "exchange_rate"),
        status=column(written, "status"),
        description=column(written, "description"),
        remainder=remainder(written, _LINE_COLUMNS),
    )


_PAYOUT = {
    "provider": pl.lit("stripe"),
    "payout_id": pl.col("id"),
    "amount": major(pl.col("amount"), pl.col("currency")),
    "currency": _CURRENCY,
    "status": pl.col("status").str.to_lowercase().replace({"cancelled": "canceled"}),
    "automatic": pl.col("automatic"),
    "created_at": _instant("created"),
    "arrival_date": _instant("arrival_date").str.slice(0, 10),
}


def _payouts(written: pl.DataFrame) -> pl.DataFrame:
    return written.select(
        LINE,
        **_PAYOUT,
        merchant_account=column(written, "connected_account_id"),
        bank_account=column(
            written, "destination_bank_account_id", "destination", "destination_card_id"
        ),
        bank_reference=column(written, "statement_descriptor", "trace_id"),
        failure_code=column(written, "failure_code"),
        remainder=remainder(written, _PAYOUT_COLUMNS),
    )


_UNKNOWN = ~pl.col("type").is_in(list(LINE_TYPES)).fill_null(value=False)


def unknown_types(written: pl.DataFrame) -> tuple[Finding, ...]:
    """Types of transactions that Stripe does not document, one finding for each."""
    unknown = written.filter(_UNKNOWN)
    if unknown.is_empty():
        return ()
    first = unknown.group_by("type", maintain_order=True).agg(pl.col(LINE).first())
    return tuple(
        Finding(
            "unknown_line_type", f"taken as an adjustment: {kind or '(no type)'}", f"line {line}"
        )
        for kind, line in first.iter_rows()
    )


def _refuse(what: str, _source: Source) -> Iterator[Reading]:
    raise RefusedError(
        f"This file holds Stripe's {what}, which repeat what the balance transactions say",
        advice="Land balance transactions (with their payout_id) and payouts",
    )


FORMATS = (
    Format(
        "stripe.balance_transactions",
        "settlements",
        partial(_has, TRANSACTION_MARK),
        read_transactions,
    ),
    Format("stripe.payouts", "settlements", partial(_has, PAYOUT_MARK), read_payouts),
    *(
        Format(f"stripe.{what}", "settlements", partial(_has, mark), partial(_refuse, what))
        for what, mark in NEIGHBOURS.items()
    ),
)
