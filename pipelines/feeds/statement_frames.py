"""Text rows typed once: the contract's columns out, and the rows that cannot be typed beside them.

Polars casts whole columns, so that a reader never builds a Decimal or a date of its own.
"""

import json
from collections.abc import Mapping

import polars as pl

from pipelines.feeds.reading import REJECTED
from quality.contract import MONEY, contract

_PLACE: Mapping[str, pl.DataType] = {"source_row": pl.Int64(), "source_path": pl.String()}

ENTRY_SCHEMA: Mapping[str, pl.DataType] = {**contract("statement_entries").schema, **_PLACE}
"""Columns of `statement_entries` as a reader gives them."""

BALANCE_SCHEMA: Mapping[str, pl.DataType] = {**contract("statement_balances").schema, **_PLACE}
"""Columns of `statement_balances` as a reader gives them."""

_EXACT = r"^[+-]?0*\d{0,15}(\.\d{0,3}0*)?$"
_ISO_DATE = r"^\d{4}-\d{2}-\d{2}"


def text_schema(schema: Mapping[str, pl.DataType]) -> dict[str, pl.DataType]:
    """The same columns before typing: text, but for whole numbers and truth values."""
    kept = (pl.Int64(), pl.Boolean())
    return {name: dtype if dtype in kept else pl.String() for name, dtype in schema.items()}


def _typed(name: str, dtype: pl.DataType) -> pl.Expr:
    text = pl.col(name)
    if dtype == MONEY:
        exact = text.str.contains(_EXACT) & text.str.contains(r"\d")
        return pl.when(exact).then(text).cast(MONEY, strict=False).alias(name)
    if isinstance(dtype, pl.Decimal):
        return text.cast(dtype, strict=False).alias(name)
    if dtype == pl.Date():
        day = pl.when(text.str.contains(_ISO_DATE)).then(text.str.slice(0, 10))
        return day.str.to_date("%Y-%m-%d", strict=False).alias(name)
    return text


_LABELS = {MONEY: "an amount with at most three decimals", pl.Date(): "a date"}


def _faults(schema: Mapping[str, pl.DataType]) -> list[pl.Expr]:
    faults: list[pl.Expr] = []
    for name, dtype in schema.items():
        if label := _LABELS.get(dtype):
            broken = pl.col(f"{name}__text").is_not_null() & pl.col(name).is_null()
            words = pl.format(f"{name} '{{}}' is not {label}", pl.col(f"{name}__text"))
            faults.append(pl.when(broken).then(words))
    return faults


def typed(
    table: str, text: pl.DataFrame, schema: Mapping[str, pl.DataType]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Type `text` to `schema`.

    Returns:
        The rows whose every value could be typed, and the others in the shape of `REJECTED`.
    """
    checked = [name for name, dtype in schema.items() if dtype in _LABELS]
    both = text.with_columns(pl.col(name).alias(f"{name}__text") for name in checked).with_columns(
        _typed(name, dtype) for name, dtype in schema.items()
    )
    both = both.with_columns(
        pl.concat_str(_faults(schema), separator="; ", ignore_nulls=True).alias("__reason")
    )
    good = both.filter(pl.col("__reason") == "").select(list(schema))
    bad = both.filter(pl.col("__reason") != "")
    if bad.is_empty():
        return good, pl.DataFrame(schema=REJECTED)
    return good, _rejected(table, bad, schema)


def _rejected(table: str, bad: pl.DataFrame, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    rows = []
    for row in bad.iter_rows(named=True):
        kept = {name: row.get(f"{name}__text", row[name]) for name in schema if name != "statement"}
        content = {name: value for name, value in kept.items() if value is not None}
        rows.append(
            {
                "table": table,
                "source_row": row["source_row"],
                "source_path": row["source_path"],
                "reason": row["__reason"],
                "content": json.dumps(content, ensure_ascii=False, default=str),
                "amount": row["amount"],
                "currency": row["currency"],
            }
        )
    return pl.DataFrame(rows, schema=REJECTED)
