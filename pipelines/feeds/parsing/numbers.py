"""Numbers and dates as people write them, told apart by looking at a whole column at once."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

_GROUPED = {
    ".": r"^-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$",
    ",": r"^-?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?$",
}
_PARTS = r"^(\d{1,4})[./-](\d{1,2})[./-](\d{2,4})$"
ORDERS = ("YMD", "DMY", "MDY")


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

    A number that is not written so stays as it is: it will be turned away, not misread.
    """
    given = _plain_spaces(numbers)
    fits = given.str.contains(_GROUPED[mark])
    thousands = "." if mark == "," else ","
    plain = given.str.replace_all(thousands, "", literal=True).str.replace(mark, ".", literal=True)
    return pl.select(pl.when(fits).then(plain).otherwise(numbers)).to_series()


def _plain_spaces(numbers: pl.Series) -> pl.Series:
    return (
        numbers.str.replace_all(r"[\s\u{00A0}\u{202F}'\u{2019}]", "")
        .str.replace(r"^[\u{2212}]", "-")
        .str.replace(r"^\+", "")
    )


@dataclass(frozen=True, slots=True)
class DateOrder:
    """The order of day, month and year in a column, and whether another fits as well."""

    order: str
    certain: bool


def date_order(dates: Iterable[str], *, month_first: bool = False) -> DateOrder | None:
    """The one order of day, month and year that fits every date.

    Where several fit, the one in which the file jumps least back and forth in time, then the one
    that spans fewer days.

    Args:
        dates: the column, in the order of the file.
        month_first: what to take where two orders fit equally well.

    Returns:
        None where no order fits every date.
    """
    parts = pl.Series(list(dates), dtype=pl.String).str.extract_groups(_PARTS).struct.unnest()
    if not parts.height or parts.null_count().row(0) != (0, 0, 0):
        return None
    fitting = {}
    for order in ("YMD", "MDY", "DMY") if month_first else ORDERS:
        days = _days(parts, order)
        if not days.null_count():
            fitting[order] = _unrest(days)
    if not fitting:
        return None
    best = min(fitting, key=lambda order: fitting[order])
    jumps = [unrest[0] for unrest in fitting.values()]
    return DateOrder(best, certain=jumps.count(fitting[best][0]) == 1)


def _unrest(days: pl.Series) -> tuple[int, int]:
    """How often the column jumps against its own direction, and how many days it spans."""
    steps = days.diff().drop_nulls().dt.total_days()
    against = min(int((steps < 0).sum()), int((steps > 0).sum()))
    numbers = days.to_physical()
    return against, int(numbers.max() or 0) - int(numbers.min() or 0)  # type: ignore[arg-type]


def _days(parts: pl.DataFrame, order: str) -> pl.Series:
    given = dict(zip(order, parts.get_columns(), strict=True))
    year, length = given["Y"], given["Y"].str.len_chars()
    short = pl.when((length == 2) & pl.lit(order != "YMD")).then(pl.lit("20") + year)
    full = pl.select(pl.when(length == 4).then(year).otherwise(short)).to_series()
    text = full + "-" + given["M"].str.zfill(2) + "-" + given["D"].str.zfill(2)
    return text.str.to_date("%Y-%m-%d", strict=False)


def iso_dates(dates: pl.Series, order: str) -> pl.Series:
    """Dates written in `order` as ISO dates; what is no such date stays as it is."""
    parts = dates.str.extract_groups(_PARTS).struct.unnest()
    days = _days(parts, order).dt.strftime("%Y-%m-%d")
    return days.fill_null(dates).alias(dates.name)
