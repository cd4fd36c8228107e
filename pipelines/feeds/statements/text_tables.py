"""Text rows typed once: the contract's columns out, and the rows that cannot be typed beside them.

Polars casts whole columns, so that a reader never builds a Decimal or a date of its own.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from pipelines.feeds.parsing.numbers import exact_decimal
from pipelines.feeds.reading import NONE_REJECTED, REJECTED
from quality.contract import MONEY, contract
from quality.currencies import too_many_places

_PLACE: Mapping[str, pl.DataType] = {"source_row": pl.Int64(), "source_path": pl.String()}

ENTRY_SCHEMA: Mapping[str, pl.DataType] = {**contract("statement_entries").schema, **_PLACE}
"""Columns of `statement_entries` as a reader gives them."""

BALANCE_SCHEMA: Mapping[str, pl.DataType] = {**contract("statement_balances").schema, **_PLACE}
"""Columns of `statement_balances` as a reader gives them."""

_MANY = 200
_ISO_DATE = r"^\d{4}-\d{2}-\d{2}"


def text_schema(schema: Mapping[str, pl.DataType]) -> dict[str, pl.DataType]:
    """The same columns before typing: text, but for whole numbers and truth values."""
    kept = (pl.Int64(), pl.Boolean())
    return {name: dtype if dtype in kept else pl.String() for name, dtype in schema.items()}


def text_frame(rows: Sequence[tuple[Any, ...]], schema: pl.Schema) -> pl.DataFrame:
    """A frame from rows; few are taken as they are, of many whole columns are made first."""
    if len(rows) < _MANY:
        return pl.DataFrame(rows, schema=schema, orient="row")
    return pl.DataFrame(dict(zip(schema, zip(*rows, strict=True), strict=True)), schema=schema)


def _typed(name: str, dtype: pl.DataType) -> pl.Expr:
    text = pl.col(name)
    if dtype == MONEY:
        return exact_decimal(text, MONEY, as_stated=True).alias(name)
    if isinstance(dtype, pl.Decimal):
        return text.cast(dtype, strict=False).alias(name)
    if dtype == pl.Date():
        day = pl.when(text.str.contains(_ISO_DATE)).then(text.str.slice(0, 10))
        return day.str.to_date("%Y-%m-%d", strict=False).alias(name)
    return text


_FINE = r"^[+-]?\d{1,15}\.\d{4,}$"
"""An amount that is one, but for its decimals."""


def _too_fine(row: Mapping[str, str | None]) -> str | None:
    return too_many_places((row["amount"] or "").lstrip("+"), row["currency"])


_LABELS = {MONEY: "an amount with at most three decimals", pl.Date(): "a date"}


class TextTable:
    """A table whose rows a reader gives as text; what to do with a column is worked out once."""

    def __init__(self, name: str, schema: Mapping[str, pl.DataType]) -> None:
        """`schema` is what the rows of the table `name` become."""
        self.name = name
        self.schema = pl.Schema(schema)
        self.text = pl.Schema(text_schema(schema))
        """The columns before typing."""
        self._casts = [_typed(column, dtype) for column, dtype in schema.items()]
        self._checked = [column for column, dtype in schema.items() if dtype in _LABELS]
        self._nothing = pl.DataFrame(schema=self.schema)

    def typed(self, text: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Type rows of text.

        Returns:
            The rows whose every value could be typed, and the others in the shape of `REJECTED`.
        """
        if text.is_empty():
            return self._nothing, NONE_REJECTED
        good = text.select(self._casts)
        if all(good[name].null_count() == text[name].null_count() for name in self._checked):
            return good, NONE_REJECTED
        reasons = text.select(pl.concat_str(self._faults(good), separator="; ", ignore_nulls=True))
        reason = reasons.to_series()
        return good.filter(reason == ""), self._rejected(text, reason, good["amount"])

    def _faults(self, good: pl.DataFrame) -> list[pl.Expr]:
        faults: list[pl.Expr] = []
        for name in self._checked:
            broken = pl.col(name).is_not_null() & pl.lit(good[name].is_null())
            if name == "entry_amount":  # of an entry without batch it is the amount once more
                broken &= pl.col(name).ne_missing(pl.col("amount"))
            pattern = f"{name} '{{}}' is not {_LABELS[self.schema[name]]}"
            words = pl.format(pattern, pl.col(name))
            if self.schema[name] == MONEY:
                plain = pl.col(name).str.contains(_FINE) & pl.col("currency").is_not_null()
                pair = pl.struct(pl.col(name).alias("amount"), "currency")
                finer = pair.map_elements(_too_fine, pl.String())
                words = pl.when(plain).then(pl.lit(f"{name}: ") + finer).otherwise(words)
            faults.append(pl.when(broken).then(words))
        return faults

    def _rejected(self, text: pl.DataFrame, reason: pl.Series, amounts: pl.Series) -> pl.DataFrame:
        names = [name for name in self.schema if name != "statement"]
        rows = []
        for row, why, amount in zip(text.iter_rows(named=True), reason, amounts, strict=True):
            if why:
                content = {name: row[name] for name in names if row[name] is not None}
                rows.append(
                    {
                        "table": self.name,
                        "source_row": row["source_row"],
                        "source_path": row["source_path"],
                        "reason": why,
                        "content": json.dumps(content, ensure_ascii=False, default=str),
                        "amount": amount,
                        "currency": row["currency"],
                    }
                )
        return pl.DataFrame(rows, schema=REJECTED)


ENTRIES = TextTable("statement_entries", {"statement": pl.Int64(), **ENTRY_SCHEMA})
"""Rows of `statement_entries`, each with the number of its statement."""

BALANCES = TextTable("statement_balances", BALANCE_SCHEMA)
"""Rows of `statement_balances`."""
