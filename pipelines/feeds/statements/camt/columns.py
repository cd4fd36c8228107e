"""The columns that entries and their details go through, as expressions made once.

A demo of a year is a thousand small files: making the expressions for each took longer than
reading it.
"""

import polars as pl

from pipelines.feeds.statements.camt.fields import PARTY_PARTS
from pipelines.feeds.statements.camt.parties import FOREIGN, ROLES_OF_OURS, from_debtor
from pipelines.feeds.statements.collector import ROW_SCHEMA
from quality.contract import MONEY

STATUSES = {"BOOK": "BOOK", "PDNG": "PDNG", "FUTR": "PDNG", "INFO": "INFO"}
_TRUE = ("true", "1")

ODDITIES = {
    "booking_date_missing": (
        pl.col("e_booking_date").is_null(),
        "the entry has no booking date; its value date or the day of the statement stands in",
    ),
    "status_unknown": (
        pl.col("e_status").is_null() | ~pl.col("e_status").is_in(list(STATUSES)),
        "the entry has no status (it counts as booked) or one that ISO 20022 does not know",
    ),
    "direction_missing": (
        pl.col("e_indicator").is_null(),
        "the entry says neither CRDT nor DBIT",
    ),
}
"""What may be odd about an entry: when it is, and the words for it."""


def _signed(amount: str, indicator: str) -> pl.Expr:
    unsigned = pl.col(amount)
    return (
        pl.when(pl.col(indicator) == "DBIT")
        .then(pl.lit("-") + unsigned)
        .when(pl.col(indicator) == "CRDT")
        .then(unsigned)
    )


OF_ENTRY = [
    pl.int_range(pl.len(), dtype=pl.Int64).alias("entry"),
    _signed("e_amount", "e_indicator").alias("entry_amount"),
    pl.col("e_currency").str.to_uppercase().alias("currency_of_entry"),
    pl.col("e_reversal").is_in(_TRUE).fill_null(value=False).alias("reversal"),
    pl.col("e_status")
    .fill_null("BOOK")
    .replace_strict(STATUSES, default="INFO", return_dtype=pl.String())
    .alias("status_of_entry"),
    *(condition.alias(code) for code, (condition, _) in ODDITIES.items()),
]
"""What an entry says, in our words, and what is odd about it."""

BESIDE_DETAILS = ["entry_amount", "currency_of_entry", "e_indicator"]
"""What is put beside each detail of an entry."""

_PAIRS = (
    ("amount", "currency"),
    ("transaction_amount", "transaction_currency"),
    ("counter_amount", "counter_currency"),
    ("instructed_amount", "instructed_currency"),
)
OWN = [
    pl.coalesce(
        pl.when(pl.col(currency) == pl.col("currency_of_entry")).then(pl.col(amount))
        for amount, currency in _PAIRS
    ).alias("own_amount"),
    pl.coalesce("indicator", "e_indicator").alias("own_indicator"),
]
"""A detail's amount in the currency of its entry, and its direction."""

SIGNED = [
    _signed("own_amount", "own_indicator").alias("as_stated"),
    _signed("own_amount", "e_indicator").alias("as_entry"),
    pl.len().over("entry").cast(pl.Int64).alias("size"),
]
"""The detail's amount with the sign that it states and with its entry's, and how many there are."""


def _adds_up(name: str) -> pl.Expr:
    parts = pl.col(name).cast(MONEY, strict=False)
    total = pl.col("entry_amount").cast(MONEY, strict=False)
    every = parts.is_not_null().all().over("entry")
    return every & (parts.sum().over("entry") == total)


SHARE = [
    pl.when(_adds_up("as_stated"))
    .then(pl.col("as_stated"))
    .when(_adds_up("as_entry"))
    .then(pl.col("as_entry"))
    .alias("share")
]
"""Each detail's share of its entry where the details of the entry add up to it."""

_SEVERAL = pl.col("size") > 1
HOW = [
    (_SEVERAL & pl.col("share").is_not_null()).alias("exploded"),
    (_SEVERAL & pl.col("share").is_null()).alias("whole"),
]
"""Whether an entry becomes its details, or is kept whole with its details beside it."""

NO_SHARE = [
    pl.lit(1, pl.Int64).alias("size"),
    pl.lit(None, pl.String).alias("share"),
    pl.lit(value=False).alias("exploded"),
    pl.lit(value=False).alias("whole"),
]
"""The same where no entry has more than one detail."""

MOVEMENT = [
    pl.when(pl.col("exploded"))
    .then(pl.col("share"))
    .otherwise(pl.col("entry_amount"))
    .alias("movement"),
    pl.when(pl.col("exploded")).then(pl.col("size")).otherwise(1).alias("batch_size"),
    pl.col("detail_index").fill_null(0),
    from_debtor().alias("from_debtor"),
]
"""The amount that moved, and who stands on the other side of it."""


_SINGLE = ~pl.col("exploded").fill_null(value=False)


def _piece(key: str, value: pl.Expr, condition: pl.Expr | None = None) -> pl.Expr:
    escaped = value.str.replace_many(
        {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    )
    piece = pl.lit(f'"{key}":"') + escaped + pl.lit('"')
    return piece if condition is None else pl.when(condition).then(piece)


def _other(part: str, column: str) -> tuple[pl.Expr, pl.Expr]:
    """What is not taken of a column that entry and detail both have and that differs."""
    of_entry, of_detail = pl.col(f"e_{column}"), pl.col(column)
    differs = of_entry != of_detail
    return (
        _piece(f"detail_{part}", of_detail, differs & _SINGLE),
        _piece(f"entry_{part}", of_entry, differs & ~_SINGLE),
    )


def _own_first(column: str) -> pl.Expr:
    """What the entry says of itself, else its detail; of a batch each detail says its own first."""
    of_entry, of_detail = pl.col(f"e_{column}"), pl.col(column)
    alone = pl.coalesce(of_entry, of_detail)
    return pl.when(_SINGLE).then(alone).otherwise(pl.coalesce(of_detail, of_entry))


def _remainder() -> pl.Expr:
    named = pl.col("their_name").is_not_null()
    amount, stated = pl.col("transaction_amount"), pl.col("amount")
    pieces = [
        pl.col("entry_rest"),
        pl.col("detail_rest"),
        pl.col("details"),
        *(_piece(f"our_{part}", pl.col(f"our_{part}"), ~FOREIGN) for part in PARTY_PARTS),
        *(
            _piece(f"{role}_{part}", pl.col(f"our_{part}"), is_role & FOREIGN)
            for role, is_role in ROLES_OF_OURS
            for part in PARTY_PARTS
        ),
        _piece("their_ultimate", pl.col("their_ultimate"), named),
        _piece("status", pl.col("e_status"), ~pl.col("e_status").is_in(("BOOK", "PDNG", "INFO"))),
        _piece("detail_amount", stated, stated != pl.col("e_amount")),
        _piece(
            "detail_currency", pl.col("currency"), pl.col("currency") != pl.col("currency_of_entry")
        ),
        _piece("transaction_amount", amount, amount != pl.coalesce(stated, pl.lit(""))),
        _piece(
            "transaction_currency",
            pl.col("transaction_currency"),
            pl.col("transaction_currency") != pl.col("currency_of_entry"),
        ),
        _piece("counter_amount", pl.col("counter_amount")),
        *_other("reference", "servicer_reference"),
        *_other("information", "information"),
        _piece("batch_transactions", pl.col("e_batch_transactions")),
        _piece("batch_total", pl.col("e_batch_total")),
        _piece("return_information", pl.col("return_information")),
        _piece("entry_code", pl.col("e_code"), pl.col("code") != pl.col("e_code")),
        _piece("entry_charges", pl.col("e_charges"), pl.col("charges").is_not_null()),
    ]
    inside = pl.concat_str(pieces, separator=",", ignore_nulls=True)
    return pl.when(inside != "").then(pl.lit("{") + inside + pl.lit("}"))


def _sum_of(name: str) -> pl.Expr:
    parts = pl.col(name).str.split("+").list.eval(pl.element().cast(MONEY, strict=False)).list.sum()
    return (
        pl.when(pl.col(name).str.contains("+", literal=True))
        .then(parts.cast(pl.String))
        .otherwise(pl.col(name))
    )


LEFT_OVER = [
    pl.coalesce(_sum_of("charges"), pl.when(_SINGLE).then(_sum_of("e_charges"))).alias("charges"),
    _remainder().alias("remainder"),
]
"""Charges, and as JSON what has no column."""

_COLUMNS = {
    "amount": pl.col("movement"),
    "currency": pl.col("currency_of_entry"),
    "credit_debit": pl.col("e_indicator"),
    "status": pl.col("status_of_entry"),
    "booking_date": pl.coalesce("e_booking_date", "e_value_date", "day"),
    "value_date": pl.col("e_value_date"),
    "entry_reference": pl.col("e_entry_reference"),
    "bank_reference": _own_first("servicer_reference"),
    "message_id": pl.coalesce("message_id", "e_batch_message_id"),
    "payment_information_id": pl.coalesce(
        "payment_information_id", "e_batch_payment_information_id"
    ),
    "counterparty_name": pl.coalesce("their_name", "their_ultimate"),
    "counterparty_account": pl.col("their_account"),
    "counterparty_agent": pl.col("their_agent"),
    "bank_transaction_code": pl.coalesce("code", "e_code"),
    "charges": pl.col("charges"),
    "instructed_amount": pl.coalesce("instructed_amount", "e_instructed_amount"),
    "instructed_currency": pl.coalesce("instructed_currency", "e_instructed_currency"),
    "exchange_rate": pl.coalesce("exchange_rate", "e_exchange_rate"),
    "additional_information": _own_first("information"),
    "source_path": pl.when(pl.col("exploded"))
    .then(pl.format("{}/TxDtls[{}]", "source_path", pl.col("detail_index") + 1))
    .otherwise(pl.col("source_path")),
}
CANONICAL = [
    _COLUMNS.get(name, pl.col(name)).cast(kind).alias(name) for name, kind in ROW_SCHEMA.items()
]
"""The columns of `ROW_SCHEMA`."""
