"""Text to typed values, strictly: what is not plainly a value of the type is null, never a guess.

A reader compares nulls before and after: a value that was there and is null now did not cast.
"""

from collections.abc import Callable, Mapping

import polars as pl

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
    if dtype == pl.String():
        return text
    if text.null_count() == len(text):
        return pl.Series(text.name, [None], dtype=dtype).new_from_index(0, len(text))
    if isinstance(dtype, pl.Decimal):
        return _decimals(text, dtype)
    return _CASTS[type(dtype)](text)


def _shaped(text: pl.Series, pattern: str) -> pl.Series:
    fits = text.str.contains(pattern)
    return text if fits.all() else text.set(~fits.fill_null(value=True), None)


def _decimals(text: pl.Series, dtype: pl.Decimal) -> pl.Series:
    whole = (dtype.precision or 38) - dtype.scale
    pattern = rf"^-?\d{{1,{whole}}}(\.\d{{1,{dtype.scale}}}0*)?$"
    return _shaped(text, pattern).cast(dtype, strict=False)


def _instants(text: pl.Series) -> pl.Series:
    shaped = _shaped(text, _INSTANT)
    parsed = shaped.str.to_datetime("%+", strict=False, time_unit="us", time_zone="UTC")
    if parsed.null_count() == shaped.null_count():
        return parsed
    full = (
        shaped.str.replace(" ", "T", literal=True)
        .str.replace(r" ?(UTC|Z)$", "Z")
        .str.replace(r"^(\d{4}-\d{2}-\d{2})$", "${1}T00:00:00Z")
        .str.replace(r"(T\d{2}:\d{2})($|[Z+-])", "${1}:00${2}")
        .str.replace(r"(T[\d:.]+)$", "${1}Z")
        .str.replace(r"([+-]\d{2})$", "${1}:00")
        .str.replace(r"([+-]\d{2})(\d{2})$", "${1}:${2}")
    )
    return full.str.to_datetime("%+", strict=False, time_unit="us", time_zone="UTC")


def _booleans(text: pl.Series) -> pl.Series:
    meanings = {"true": True, "false": False}
    lowered = text.str.to_lowercase()
    return lowered.replace_strict(meanings, default=None, return_dtype=pl.Boolean)


_CASTS: Mapping[type[pl.DataType], Callable[[pl.Series], pl.Series]] = {
    pl.Date: lambda text: _shaped(text, _DATE).str.to_date("%Y-%m-%d", strict=False),
    pl.Datetime: _instants,
    pl.Boolean: _booleans,
    pl.Int64: lambda text: _shaped(text, _WHOLE).cast(pl.Int64, strict=False),
    pl.Float64: lambda text: text.cast(pl.Float64, strict=False),
}
