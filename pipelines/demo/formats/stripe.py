"""Stripe's exports: balance transactions of a day, and payouts as they stand."""

import polars as pl

from pipelines.demo.formats.providers import SettledCards
from pipelines.demo.world.institution import accounts
from pipelines.demo.world.money import on
from pipelines.demo.world.timeline import CURRENCIES, DAY

_TYPES = {"sale": "charge", "refund": "refund", "chargeback": "adjustment"}
"""Stripe's `type` of a balance transaction by kind of line."""


def _stamp(micros: pl.Expr) -> pl.Expr:
    return micros.cast(pl.Datetime("us")).dt.strftime("%Y-%m-%d %H:%M:%S")


def _currency() -> pl.Expr:
    codes = [CURRENCIES[account.currency].lower() for account in accounts()]
    return pl.col("account").replace_strict(list(range(len(codes))), codes, return_dtype=pl.String)


def _closing() -> pl.Expr:
    return pl.col("day") * DAY + 86_100_000_000


def with_identities(lines: pl.DataFrame) -> pl.DataFrame:
    """Provider lines with `line` filled in for Stripe: each transaction is its own document."""
    name = pl.lit("txn_") + pl.col("token")
    return lines.with_columns(line=pl.coalesce("line", pl.format("stripe|{}|{}", name, name)))


def transaction_rows(settled: SettledCards) -> pl.DataFrame:
    """Rows of the balance transactions under their printed header, with `arrival`."""
    lines = settled.lines.filter((pl.col("provider") == "stripe") & pl.col("reported_line"))
    payouts = settled.payouts.filter(pl.col("provider") == "stripe")
    source = pl.col("kind").replace_strict({"sale": "ch", "refund": "re", "chargeback": "dp"})
    moved = lines.select(
        arrival=pl.col("day") + 1,
        id=pl.lit("txn_") + pl.col("token"),
        amount="signed",
        available_on=_stamp((pl.col("day") + 2) * DAY),
        connected_account_id=pl.lit(None, pl.String),
        created=_stamp(pl.col("started")),
        currency=_currency(),
        description="end_to_end_id",
        exchange_rate=pl.lit(None, pl.String),
        fee="fee",
        net="net",
        source=source + pl.lit("_") + pl.col("source"),
        status=pl.lit("available"),
        type=pl.col("kind").replace_strict(_TYPES, return_dtype=pl.String),
        payout_id="payout_id",
    )
    paid = payouts.select(
        arrival=pl.col("day") + 1,
        id=pl.lit("txn_") + pl.col("payout_id").str.slice(3),
        amount=-pl.col("net"),
        available_on=_stamp((pl.col("day") + 2) * DAY),
        connected_account_id=pl.lit(None, pl.String),
        created=_stamp(_closing()),
        currency=_currency(),
        description=pl.lit("STRIPE PAYOUT"),
        exchange_rate=pl.lit(None, pl.String),
        fee=pl.lit(0, pl.Int64),
        net=-pl.col("net"),
        source=pl.col("payout_id"),
        status=pl.lit("available"),
        type=pl.lit("payout"),
        payout_id="payout_id",
    )
    return pl.concat([moved, paid]).sort("arrival", "created", "id")


def payout_rows(settled: SettledCards) -> pl.DataFrame:
    """Rows of the payouts under their printed header: first in transit, then as paid."""
    payouts = settled.payouts.filter(pl.col("provider") == "stripe")
    ibans = [account.iban for account in accounts()]
    states = []
    for status, arrival in (("in_transit", pl.col("day") + 1), ("paid", pl.col("arrives"))):
        states.append(
            payouts.select(
                arrival=arrival,
                id="payout_id",
                amount="net",
                arrival_date=on("arrives").dt.strftime("%Y-%m-%d 00:00:00"),
                automatic=pl.lit("TRUE"),
                balance_transaction_id=pl.lit("txn_") + pl.col("payout_id").str.slice(3),
                connected_account_id=pl.lit(None, pl.String),
                created=_stamp(_closing()),
                currency=_currency(),
                description=pl.lit("STRIPE PAYOUT"),
                destination_bank_account_id=pl.col("account").replace_strict(
                    list(range(len(ibans))), ibans, return_dtype=pl.String
                ),
                destination_card_id=pl.lit(None, pl.String),
                failure_balance_transaction_id=pl.lit(None, pl.String),
                failure_code=pl.lit(None, pl.String),
                failure_message=pl.lit(None, pl.String),
                livemode=pl.lit("TRUE"),
                metadata=pl.lit("{}"),
                method=pl.lit("standard"),
                source_type=pl.lit("card"),
                statement_descriptor=pl.col("bank_text"),
                status=pl.lit(status),
                type=pl.lit("bank_account"),
            )
        )
    return pl.concat(states).sort("arrival", "status", "id")
