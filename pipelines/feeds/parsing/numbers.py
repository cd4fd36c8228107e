"""Numbers as people and programs write them, as exact decimals: decimal marks, signs, currencies.

Columns are read as Polars series; a cell, where a table is walked row by row, as text.
"""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

import polars as pl

_GROUPED = {
    ".": r"-?(\d+|\d{1,3}(,\d{3})+)?(\.\d+)?",
    ",": r"-?(\d+|\d{1,3}(\.\d{3})+)?(,\d+)?",
}
"""Numbers that may be meant by a decimal mark, with the other mark between thousands."""

_FITS: Mapping[str, re.Pattern[str]] = {
    mark: re.compile(pattern) for mark, pattern in _GROUPED.items()
}
_PLAIN = re.compile(r"-?\d{1,30}(\.\d{1,30})?")

_MONEY = re.compile(
    r"^(?:[A-Z]{3}|[$€£¥]|zł|kr\.?|Kč|Ft)?([^A-Za-z$€£¥]+?)(?:[A-Z]{3}|[$€£¥]|zł|kr\.?|Kč|Ft)?$"
)
"""A number with a currency's code or sign before or behind it."""


class OtherMarkError(ValueError):
    """A number can only be meant with the other decimal mark than was said."""


def decimal_mark(numbers: pl.Series) -> str:
    """The decimal mark of a column of numbers: the one that fits all of them, or else most.

    `1,234` alone may be either; a point is then taken, as programs write it.
    """
    plain = _plain_spaces(numbers)
    both = plain.str.contains(r"[.,].*[.,]")
    decided = plain.filter(plain.str.contains(r"[.,]\d{1,2}$") | both)
    commas = decided.str.contains(r",\d+$").sum()
    return "," if commas * 2 > len(decided) else "."


def plain_number(numbers: pl.Series, mark: str) -> pl.Series:
    """Numbers written with `mark` and thousands marks as plain decimals.

    A number that is not written so stays as it is: it is rejected then, and not misread.
    """
    given = _plain_spaces(numbers)
    fits = given.str.contains(rf"^{_GROUPED[mark]}$") & given.str.contains(r"^-?\d")
    thousands = other_mark(mark)
    plain = given.str.replace_all(thousands, "", literal=True).str.replace(mark, ".", literal=True)
    return pl.select(pl.when(fits).then(plain).otherwise(numbers)).to_series()


def _plain_spaces(numbers: pl.Series) -> pl.Series:
    return (
        numbers.str.replace_all(r"[\s\u{00A0}\u{202F}'\u{2019}]", "")
        .str.replace(r"^[\u{2212}]", "-")
        .str.replace(r"^\+", "")
    )


def without_currency_sign(numbers: pl.Series) -> pl.Series:
    """Amounts without a currency's sign; brackets and a minus behind it are a minus before it."""
    unsigned = numbers.str.replace_all(r"[$€£¥]", "").str.strip_chars()
    signed = unsigned.str.replace(r"^\((.*)\)$", "-$1").str.replace(r"^([^-].*)-$", "-$1")
    return signed.alias(numbers.name)


def bare_number(text: str) -> str:
    """A number without blanks, apostrophes and the currency around it, its minus in front.

    What is no number stays as it is.
    """
    plain = "".join(text.replace("'", "").replace("\u2019", "").replace("\u2212", "-").split())
    sign = "-" if plain.startswith("-") else ""
    if match := _MONEY.match(plain.lstrip("+-") if sign else plain.removeprefix("+")):
        plain = f"{sign}{match[1]}"
    if plain.startswith("(") and plain.endswith(")"):
        plain = f"-{plain[1:-1]}"
    return plain


def other_mark(mark: str) -> str:
    """The mark between thousands where `mark` is that of decimals, and the other way round."""
    return "," if mark == "." else "."


def decimal_text(text: str, mark: str) -> str:
    """Decimal text of one number written with `mark`, a minus behind it put before it.

    What is no number stays as it is, so that its row is rejected with its text.

    Raises:
        OtherMarkError: the number can only be meant with the other mark.
    """
    plain, other = bare_number(text), other_mark(mark)
    unsigned = plain.removesuffix("-")
    if other in plain and not _FITS[mark].fullmatch(unsigned) and _FITS[other].fullmatch(unsigned):
        raise OtherMarkError(text)
    plain = plain.replace(other, "").replace(mark, ".")
    return f"-{plain[:-1]}" if plain.endswith("-") else plain


def either_mark_number(text: str) -> Decimal | None:
    """A number with either decimal mark; None for what is none."""
    plain = bare_number(text)
    plain = f"-{plain[:-1]}" if plain.endswith("-") else plain
    if _FITS["."].fullmatch(plain):
        plain = plain.replace(",", "")
    else:
        plain = plain.replace(".", "").replace(",", ".")
    return Decimal(plain) if _PLAIN.fullmatch(plain) else None


def finite_decimal(text: object) -> Decimal | None:
    """A number as messages write it; None for what is none, or has no end."""
    try:
        number = Decimal(str(text)) if text is not None else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


def exact_decimal(text: pl.Expr, dtype: pl.Decimal, *, as_stated: bool = False) -> pl.Expr:
    """Decimal text as a decimal that keeps every digit, else null.

    Args:
        text: the column.
        dtype: the decimal that it becomes.
        as_stated: take a plus, zeros in front and a point at either end too, as messages of banks
            may have them; else only plain decimals.
    """
    scale = dtype.scale
    whole = (dtype.precision or 38) - scale
    shape = (
        rf"^[+-]?0*(\d{{1,{whole}}}(\.\d{{0,{scale}}}0*)?|\.\d{{1,{scale}}}0*)$"
        if as_stated
        else rf"^-?\d{{1,{whole}}}(\.\d{{1,{scale}}}0*)?$"
    )
    return pl.when(text.str.contains(shape)).then(text).cast(dtype, strict=False)
