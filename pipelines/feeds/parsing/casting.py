"""Text to typed values, strictly: what is not plainly a value of the type is null, never a guess.

A reader compares nulls before and after: a value that was there and is null now did not cast.
"""

from collections.abc import Callable, Mapping
from functools import cache

import polars as pl

from pipelines.feeds.parsing.numbers import exact_decimal

_DATE = r"^\d{4}-\d{2}-\d{2}$"
_WHOLE = r"^[+-]?\d{1,19}$"
_INSTANT = (
    r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?( ?(Z|UTC|[+-]\d{2}(:?\d{2})?))?)?$"
)

SHAPES: Mapping[type[pl.DataType], str] = {
    pl.Decimal: "a plain decimal such as 1234.56",
    pl.Date: "an ISO date such as 2026-01-31",
    pl.Datetime: "an ISO timestamp such as 2026-01-31T14:05:00Z",
    pl.Int64: "a whole number",
    pl.Boolean: "true or false",
    pl.Float64: "a number",
}
"""What a value of each type should have looked like, for people."""


def cast_text(text: pl.Series, dtype: pl.DataType) -> pl.Series:
    """Cast text to `dtype`; what does not cast, or would lose a digit, becomes null.

    Decimals are plain (no thousands marks, no exponent); a timestamp without an offset is UTC.
    """
    return cast_columns(text.to_frame(), {text.name: dtype}).to_series()


def cast_columns(text: pl.DataFrame, wanted: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Cast columns of text, all at once, each as `cast_text` does; those not given are null."""
    given = set(text.columns)
    rows = text.select(
        _cast(name, dtype) if name in given else _nothing(name, dtype)
        for name, dtype in wanted.items()
    )
    if rows.height != text.height:
        return rows.clear(text.height)
    loose = [
        _loose_instant(name)
        for name, dtype in wanted.items()
        if name in given
        and isinstance(dtype, pl.Datetime)
        and rows[name].null_count() > text[name].null_count()
    ]
    return rows.with_columns(text.select(loose)) if loose else rows


@cache
def _nothing(name: str, dtype: pl.DataType) -> pl.Expr:
    return pl.lit(None, dtype).alias(name)


@cache
def _cast(name: str, dtype: pl.DataType) -> pl.Expr:
    text = pl.col(name)
    if dtype == pl.String():
        return text
    if isinstance(dtype, pl.Decimal):
        return exact_decimal(text, dtype)
    return _CASTS[type(dtype)](text)


def _shaped(text: pl.Expr, pattern: str) -> pl.Expr:
    return pl.when(text.str.contains(pattern)).then(text)


@cache
def _loose_instant(name: str) -> pl.Expr:
    full = (
        _shaped(pl.col(name), _INSTANT)
        .str.replace(" ", "T", literal=True)
        .str.replace(r" ?(UTC|Z)$", "Z")
        .str.replace(r"^(\d{4}-\d{2}-\d{2})$", "${1}T00:00:00Z")
        .str.replace(r"(T\d{2}:\d{2})($|[Z+-])", "${1}:00${2}")
        .str.replace(r"(T[\d:.]+)$", "${1}Z")
        .str.replace(r"([+-]\d{2})$", "${1}:00")
        .str.replace(r"([+-]\d{2})(\d{2})$", "${1}:${2}")
    )
    return _instant(full)


def _instant(text: pl.Expr) -> pl.Expr:
    return text.str.to_datetime("%+", strict=False, time_unit="us", time_zone="UTC")


_CASTS: Mapping[type[pl.DataType], Callable[[pl.Expr], pl.Expr]] = {
    pl.Date: lambda text: _shaped(text, _DATE).str.to_date("%Y-%m-%d", strict=False),
    pl.Datetime: lambda text: _instant(_shaped(text, _INSTANT)),
    pl.Boolean: lambda text: text.str.to_lowercase().replace_strict(
        {"true": True, "false": False}, default=None, return_dtype=pl.Boolean
    ),
    pl.Int64: lambda text: _shaped(text, _WHOLE).cast(pl.Int64, strict=False),
    pl.Float64: lambda text: text.cast(pl.Float64, strict=False),
}
