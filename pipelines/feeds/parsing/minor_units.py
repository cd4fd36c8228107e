"""Amounts that a provider counts in the smallest unit of a currency."""

import polars as pl

from quality.currencies import with_places

NO_DECIMALS = (with_places(0) - {"ISK", "UGX", "UYI"}) | {"MGA"}
"""Counted whole by card providers; ISK and UGX are counted in hundredths all the same."""

THREE_DECIMALS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}) & with_places(3)


def decimals(currency: str) -> int:
    """Decimal places of the unit in which a provider counts a currency."""
    code = currency.upper()
    return 0 if code in NO_DECIMALS else 3 if code in THREE_DECIMALS else 2


def major(minor: pl.Expr, currency: pl.Expr) -> pl.Expr:
    """Whole text `minor` as decimal text in the currency's main unit, digit by digit.

    What is no whole number stays as it is, marked so that it will not cast.
    """
    code = currency.str.to_uppercase()
    digits = minor.str.strip_prefix("-").str.zfill(4)
    sign = pl.when(minor.str.starts_with("-")).then(pl.lit("-")).otherwise(pl.lit(""))
    places = pl.when(code.is_in(list(THREE_DECIMALS))).then(3).otherwise(2)
    whole = digits.str.slice(0, digits.str.len_chars() - places)
    pointed = pl.concat_str(sign, whole, pl.lit("."), digits.str.tail(places))
    counted = pl.when(code.is_in(list(NO_DECIMALS))).then(minor).otherwise(pointed)
    fits = minor.str.contains(r"^-?\d+$")
    return pl.when(fits).then(counted).otherwise(pl.lit("minor units ") + minor)
