"""Money as a reader sees it: decimals of its currency, thousands marks, and the currency."""

from collections.abc import Mapping
from decimal import Decimal

import polars as pl

from quality.currencies import places

NOT_KNOWN = "not known"
Money = Mapping[str, Decimal | str | None]
"""A cell of a table: amount and currency. A table sorts such cells by their amount."""


def money(amount: Decimal | None, currency: str | None = None) -> str:
    """An amount with thousands marks, to the decimals of its currency, never rounded away."""
    if amount is None:
        return NOT_KNOWN
    exponent = amount.normalize().as_tuple().exponent
    held = -exponent if isinstance(exponent, int) else 0
    text = f"{amount:,.{max(_decimals(currency), held)}f}"
    return f"{text} {currency}" if currency else text


def converted(amount: Decimal | None, currency: str) -> str:
    """What was converted or forecast: no ledger has it, so it ends where its currency does."""
    return money(None if amount is None else round(amount, _decimals(currency)), currency)


def shown(cell: Money | None) -> str:
    """A cell of money as text."""
    return NOT_KNOWN if cell is None else money(cell["amount"], cell["currency"])  # type: ignore[arg-type]


def converted_cell(amount: str, currency: str) -> pl.Expr:
    """The same for amounts that were converted; see `converted`."""
    rounded = pl.col(amount).round(_decimals(currency)).alias("amount")
    return pl.struct(rounded, pl.lit(currency).alias("currency"))


def _decimals(currency: str | None) -> int:
    known = places(currency)
    return 2 if known is None else known


def cell(amount: str, currency: str | pl.Expr = "currency") -> pl.Expr:
    """The amounts of a column as cells of money; without an amount it is not known."""
    code = pl.col(currency) if isinstance(currency, str) else currency
    return pl.struct(pl.col(amount).alias("amount"), code.alias("currency"))


def total(rows: pl.DataFrame, amount: str, currency: str) -> dict[str, Decimal | None]:
    """The sum of each currency; one that misses an amount is not known."""
    sums: dict[str, Decimal | None] = {}
    for code, value in rows.select(currency, amount).iter_rows():
        before = sums.get(code, Decimal(0))
        sums[code] = None if value is None or before is None else before + value
    return dict(sorted(sums.items()))
