"""Rows at the ends of what a contract admits: one for each column and each end of it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import polars as pl

from quality.admission import admit
from quality.column_rules import ContractColumn
from quality.contract import Contract

DAY = date(2026, 3, 2)
MOMENT = datetime(2026, 3, 2, 12, tzinfo=UTC)
_MOST = Decimal(999_999_999_999)

_ENDS: Mapping[str, tuple[Any, ...]] = {
    "DECIMAL(18,3)": (_MOST, -_MOST, Decimal(0), Decimal("0.01")),
    "DECIMAL(18,8)": (Decimal(999_999_999), Decimal("0.00000001"), Decimal(-999_999_999)),
    "BIGINT": (999_999_999_999, -999_999_999_999, 0),
    "DATE": (date(1800, 1, 1), date(1970, 1, 1), date(2099, 12, 31), date(9999, 12, 31)),
    "TIMESTAMP WITH TIME ZONE": (
        datetime(1900, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, tzinfo=UTC),
    ),
    "BOOLEAN": (True, False),
    "DOUBLE": (1e300, -1e300, 0.0),
    "VARCHAR": ("x" * 20_000, " padded ", "", "'\"{}%;--\\", "ÄÖ ß\u200b\u202e\n\t", "0", "9" * 40),
}
_LISTED: Mapping[str, tuple[str, ...]] = {
    "ISO 4217": ("EUR", "JPY", "KWD", "XAU", "XAF"),
    "IANA time zones": ("Europe/Berlin", "Pacific/Kiritimati", "Asia/Kathmandu"),
}
_COUPLED: Mapping[str, tuple[str, ...]] = {
    "debit": ("credit",),
    "credit": ("debit",),
    "amount_due": ("principal_due",),
    "principal_due": ("amount_due",),
    "interest_due": ("amount_due",),
    "gross_amount": ("net_amount",),
    "net_amount": ("gross_amount",),
    "amount": ("entry_amount",),
    "entry_amount": ("amount",),
}
"""What moves with an amount, so that the parts of the row still add up; or is zero beside it."""


def usual(column: ContractColumn, number: int) -> Any:
    """A value that nobody would wonder about."""
    if column.valid_values:
        return column.valid_values[0]
    if column.code_list:
        return _LISTED[column.code_list][0]
    if column.pattern:
        return f"p{number}"
    kinds: Mapping[str, Any] = {
        "VARCHAR": f"{column.name}-{number}", "BIGINT": number, "BOOLEAN": False, "DATE": DAY,
        "DOUBLE": 1.0, "TIMESTAMP WITH TIME ZONE": MOMENT, "DECIMAL(18,8)": Decimal(1),
    }  # fmt: skip
    return kinds.get(column.sql_type, Decimal(0))


def candidates(contract: Contract) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows of a table, each with the column that is at its end in it."""
    number = 0
    for column in contract.columns:
        ends = column.valid_values or (
            _LISTED[column.code_list] if column.code_list else _ENDS[column.sql_type]
        )
        ends = ("ab", "x" * 41) if column.pattern else ends
        for end in (*ends, *(() if column.required else (None,))):
            for coupled in (False, True):
                number += 1
                row = {each.name: usual(each, number) for each in contract.columns}
                row |= _needed(contract.name, number)
                row[column.name] = end
                for other in _COUPLED.get(column.name, ()) if coupled else ():
                    if other in row:
                        row[other] = Decimal(0) if {column.name, other} <= _SIDES else end
                yield column.name, row
    if contract.name == "loan_schedules":  # two loans that give their instalments one id
        for loan in ("LA", "LB"):
            row = {each.name: usual(each, 1) for each in contract.columns}
            yield "instalment_id", row | {"loan_id": loan, "instalment_id": "X-01"}


_SIDES = {"debit", "credit"}


def _needed(table: str, number: int) -> dict[str, Any]:
    """What the rules of a table ask of a row that is otherwise zero."""
    needed: Mapping[str, dict[str, Any]] = {
        "fx_rates": {"rate_date": DAY - timedelta(days=number), "quote_currency": "USD"},
        "loans": {"principal": Decimal(1), "term_months": 1},
        "policies": {"expiry_date": DAY + timedelta(days=365)},
        "premium_instalments": {"amount": Decimal(1)},
        "receipts": {"amount": Decimal(1)},
        "standing_orders": {"amount": Decimal(1)},
        "claim_transactions": {"amount": Decimal(1)},
        "payment_orders": {"amount": Decimal(1)},
    }
    return needed.get(table, {})


def extreme_rows(
    con: duckdb.DuckDBPyConnection, contract: Contract
) -> tuple[pl.DataFrame, set[str]]:
    """The rows that the door lets in, and the columns of which it let none in."""
    named = list(candidates(contract))
    frame = pl.DataFrame([row for _, row in named], schema=contract.schema).with_columns(
        source_row=pl.int_range(pl.len()) + 1, source_path=pl.lit(None, pl.String)
    )
    con.register("candidates", frame)
    loaded = admit(con, "candidates", contract).loaded.pl().cast(frame.schema)
    con.unregister("candidates")
    covered = {named[place - 1][0] for place in loaded["source_row"]}
    return loaded, set(contract.schema) - covered
