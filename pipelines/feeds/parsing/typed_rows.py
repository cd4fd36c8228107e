"""Rows of text become rows of a contract, or rejects with the reason."""

import re
from collections.abc import Mapping
from typing import Any

import polars as pl

from pipelines.feeds.parsing.casting import SHAPES, cast_columns
from pipelines.feeds.parsing.rejects import Reject, content, rejected
from pipelines.feeds.reading import NONE_REJECTED
from quality.contract import MONEY, Contract
from quality.currencies import too_many_places

PLACE = ("source_row", "source_path")


def typed(
    contract: Contract, records: pl.DataFrame, written: pl.DataFrame | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cast text `records` to the contract's types.

    Args:
        contract: what the table promises; a column that `records` lack becomes null.
        records: text columns and `source_row` (and `source_path`, if rows have one).
        written: the same rows as the file has them, where `records` were derived from it; a row
            rejected shows these.

    Returns:
        The rows that cast, with `source_row` and `source_path`, and those that did not, as rejects.
    """
    line, path = PLACE
    rows = cast_columns(records, contract.schema).with_columns(
        *(pl.col(name).str.strip_chars() for name in contract.key if _is_text(contract, name)),
        records[line],
        records[path] if path in records.columns else pl.lit(None, pl.String).alias(path),
    )
    failed = _failed(records, rows)
    if not failed:
        return rows, NONE_REJECTED
    bad = pl.any_horizontal(failed)
    rejects = _rejects(
        contract,
        records.filter(bad),
        rows.filter(bad),
        (records if written is None else written).filter(bad),
    )
    return rows.filter(~bad), rejects


def _is_text(contract: Contract, name: str) -> bool:
    return contract.schema[name] == pl.String()


def _failed(records: pl.DataFrame, rows: pl.DataFrame) -> list[pl.Series]:
    return [
        records[name].is_not_null() & rows[name].is_null()
        for name in rows.columns
        if name in records.columns and rows[name].null_count() > records[name].null_count()
    ]


def _fault(name: str, text: str, shape: str, currency: str | None) -> str:
    """Why a text is not a value: an amount of too many decimals, or too large, is still one."""
    if shape == SHAPES[pl.Decimal] and re.fullmatch(r"-?\d{1,30}(\.\d{1,30})?", text):
        too_fine = too_many_places(text, currency) if len(text.partition(".")[0]) < 15 else None
        return f"{name}: {too_fine or f'{text} is more than an amount may be'}"
    return f"{name}: '{text}' is not {shape}"


def _money_unread(contract: Contract, given: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether an amount of the row could not be read: what is at issue is not known then."""
    return any(
        dtype == MONEY and given.get(name) is not None and row[name] is None
        for name, dtype in contract.schema.items()
    )


def _code_of(name: str, given: Mapping[str, Any], contract: Contract) -> str | None:
    own = f"{name.rpartition('_')[0]}_currency"
    code = given.get(own) or given.get(contract.currency or "currency")
    return None if contract.schema[name] != MONEY else code


def _rejects(
    contract: Contract, text: pl.DataFrame, rows: pl.DataFrame, written: pl.DataFrame
) -> pl.DataFrame:
    amounts = (
        rows.select(pl.sql_expr(contract.amount).alias("amount"))["amount"].to_list()
        if contract.amount
        else [None] * rows.height
    )
    names = [column.name for column in contract.columns if column.name in text.columns]
    shapes = {
        column.name: SHAPES[type(column.dtype)]
        for column in contract.columns
        if type(column.dtype) in SHAPES
    }
    return rejected(
        Reject(
            table=contract.name,
            source_row=given["source_row"],
            source_path=given.get("source_path"),
            reason="; ".join(
                _fault(name, given[name], shapes[name], _code_of(name, given, contract))
                for name in names
                if given[name] is not None and row[name] is None
            ),
            content=content({name: shown[name] for name in written.columns if name not in PLACE}),
            amount=None if _money_unread(contract, given, row) else amount,
            currency=row.get(contract.currency or ""),
        )
        for given, row, shown, amount in zip(
            text.iter_rows(named=True),
            rows.iter_rows(named=True),
            written.iter_rows(named=True),
            amounts,
            strict=True,
        )
    )
