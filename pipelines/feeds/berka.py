"""The Berka bank (PKDD'99): accounts, transactions, standing orders, loans and clients.

Its files are `;`-separated, with dates YYMMDD of the 1900s and two kinds of empty `k_symbol`. They
land in the house's own tables: an account ledger (`book` "berka") of single-entry postings.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import polars as pl

from pipelines.feeds.parsing.delimited import LINE, RecordBatch, batches, layouts
from pipelines.feeds.parsing.rejects import broken_lines, in_order
from pipelines.feeds.parsing.typed_rows import typed
from pipelines.feeds.reading import Format, Reading, RefusedError, Source
from quality.contract import contract

BANK = "BERKA"
CURRENCY = "CZK"
SNAPSHOT = "1998-12-31T23:59:59Z"
"""The files tell the state at the end of 1998, when the bank's data were taken."""

FREQUENCIES = {
    "POPLATEK MESICNE": "monthly",
    "POPLATEK TYDNE": "weekly",
    "POPLATEK PO OBRATU": "after_transaction",
}
DOCUMENT_TYPES = {
    "PREVOD NA UCET": "payment",
    "PREVOD Z UCTU": "receipt",
    "VKLAD": "deposit",
    "VYBER": "withdrawal",
    "VYBER KARTOU": "withdrawal",
}
INTEREST, SERVICE, PENALTY = "UROK", "SLUZBY", "SANKC. UROK"


@dataclass(frozen=True, slots=True)
class BerkaFile:
    """One of the bank's files: the table it lands in and how its columns read there."""

    name: str
    header: tuple[str, ...]
    table: str
    columns: Mapping[str, pl.Expr]


def _iso(written: pl.Expr) -> pl.Expr:
    """YYMMDD of the 1900s as an ISO date; anything else stays as it is, and will not cast."""
    year, month, day = (written.str.slice(at, 2) for at in (0, 2, 4))
    iso = pl.format("19{}-{}-{}", year, month, day)
    return pl.when(written.str.contains(r"^\d{6}$")).then(iso).otherwise(written)


def _birth_date(number: pl.Expr) -> pl.Expr:
    """A birth number as a date: women's have 50 added to the month."""
    month = number.str.slice(2, 2).cast(pl.Int64, strict=False)
    plain = pl.when(month > 50).then(month - 50).otherwise(month).cast(pl.String).str.zfill(2)
    return _iso(pl.concat_str(number.str.slice(0, 2), plain, number.str.slice(4)))


def _side(direction: str) -> pl.Expr:
    """The amount on its side and zero on the other; null for a type of movement nobody knows."""
    known = {"PRIJEM": "credit", "VYDAJ": "debit", "VYBER": "debit"}
    side = pl.col("type").replace_strict(known, default=None, return_dtype=pl.String)
    amount = pl.when(side == direction).then(pl.col("amount")).otherwise(pl.lit("0"))
    return pl.when(side.is_not_null()).then(amount)


def _document_type() -> pl.Expr:
    symbol, operation = pl.col("k_symbol"), pl.col("operation")
    return (
        pl.when(symbol == INTEREST)
        .then(pl.lit("interest"))
        .when(symbol.is_in([SERVICE, PENALTY]))
        .then(pl.lit("fee"))
        .otherwise(operation.replace_strict(DOCUMENT_TYPES, default=operation))
    )


ACCOUNTS = BerkaFile(
    "berka.account",
    ("account_id", "district_id", "frequency", "date"),
    "accounts",
    {
        "account_id": pl.col("account_id"),
        "account_kind": pl.lit("customer"),
        "entity_id": pl.lit(BANK),
        "servicer": pl.lit(BANK),
        "currency": pl.lit(CURRENCY),
        "opened_date": _iso(pl.col("date")),
        "frequency": pl.col("frequency").replace(FREQUENCIES),
        "district": pl.col("district_id"),
    },
)

TRANSACTIONS = BerkaFile(
    "berka.trans",
    (
        *("trans_id", "account_id", "date", "type", "operation"),
        *("amount", "balance", "k_symbol", "bank", "account"),
    ),
    "ledger_postings",
    {
        "book": pl.lit("berka"),
        "journal_id": pl.col("trans_id"),
        "line_number": pl.lit("1"),
        "entity_id": pl.lit(BANK),
        "account_code": pl.col("account_id"),
        "booking_date": _iso(pl.col("date")),
        "value_date": _iso(pl.col("date")),
        "debit": _side("debit"),
        "credit": _side("credit"),
        "currency": pl.lit(CURRENCY),
        "document_type": _document_type(),
        "counterparty_account": pl.col("account"),
        "counterparty_agent": pl.col("bank"),
        "description": pl.concat_str("operation", "k_symbol", separator=" ", ignore_nulls=True),
        "balance_after": pl.col("balance"),
    },
)

ORDERS = BerkaFile(
    "berka.order",
    ("order_id", "account_id", "bank_to", "account_to", "amount", "k_symbol"),
    "standing_orders",
    {
        "standing_order_id": pl.col("order_id"),
        "account_id": pl.col("account_id"),
        "counterparty_agent": pl.col("bank_to"),
        "counterparty_account": pl.col("account_to"),
        "amount": pl.col("amount"),
        "currency": pl.lit(CURRENCY),
        "symbol": pl.col("k_symbol"),
    },
)

LOANS = BerkaFile(
    "berka.loan",
    ("loan_id", "account_id", "date", "amount", "duration", "payments", "status"),
    "loans",
    {
        "loan_id": pl.col("loan_id"),
        "entity_id": pl.lit(BANK),
        "account_id": pl.col("account_id"),
        "granted_date": _iso(pl.col("date")),
        "principal": pl.col("amount"),
        "currency": pl.lit(CURRENCY),
        "term_months": pl.col("duration"),
        "instalment_amount": pl.col("payments"),
        "status": pl.col("status"),
        "updated_at": pl.lit(SNAPSHOT),
    },
)

CLIENTS = BerkaFile(
    "berka.client",
    ("client_id", "birth_number", "district_id"),
    "customers",
    {
        "customer_id": pl.col("client_id"),
        "entity_id": pl.lit(BANK),
        "birth_date": _birth_date(pl.col("birth_number")),
        "country": pl.lit("CZ"),
        "updated_at": pl.lit(SNAPSHOT),
    },
)

HOMELESS = {
    "cards": ("card_id", "disp_id", "type", "issued"),
    "dispositions": ("disp_id", "client_id", "account_id", "type"),
    "districts": tuple(f"A{number}" for number in range(1, 17)),
}
"""Files of the bank that no table of the house is made for."""


def _has_header(header: tuple[str, ...], head: bytes, _name: str) -> bool:
    return any(layout.header == header for layout in layouts(head))


def _read(file: BerkaFile, source: Source) -> Iterator[Reading]:
    layout = next(layout for layout in layouts(source.head()) if layout.header == file.header)
    for batch in batches(source, layout):
        yield _reading(file, batch)


def _reading(file: BerkaFile, batch: RecordBatch) -> Reading:
    written = batch.records
    stripped = written.with_columns(pl.col(pl.String).str.strip_chars().replace({"": None}))
    records = stripped.select(LINE, **file.columns)
    promised = contract(file.table)
    rows, turned_away = typed(promised, records, written)
    broken = broken_lines(file.table, batch.broken)
    return Reading(
        format="Berka",
        version="PKDD'99",
        tables={file.table: rows},
        rejected=in_order(turned_away, broken),
        findings=batch.findings,
    )


def _refuse(what: str, _source: Source) -> Iterator[Reading]:
    raise RefusedError(
        f"This file holds the {what} of the Berka bank, for which the house has no table",
        advice="Nothing of it is needed; account, trans, order, loan and client are read",
    )


FORMATS: tuple[Format, ...] = (
    *(
        Format(
            file.name,
            contract(file.table).feed,
            partial(_has_header, file.header),
            partial(_read, file),
        )
        for file in (ACCOUNTS, TRANSACTIONS, ORDERS, LOANS, CLIENTS)
    ),
    *(
        Format(f"berka.{what}", "reference", partial(_has_header, header), partial(_refuse, what))
        for what, header in HOMELESS.items()
    ),
)
