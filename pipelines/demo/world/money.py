"""Minor units, days and moments as the files write them."""

import polars as pl

from pipelines.demo.world.timeline import CURRENCIES, DAY


def money(minor: str | pl.Expr) -> pl.Expr:
    """An amount in whole minor units as text with two decimals."""
    cents = (pl.col(minor) if isinstance(minor, str) else minor).cast(pl.Int64)
    size = cents.abs()
    whole = (size // 100).cast(pl.String)
    sign = pl.when(cents < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return sign + whole + pl.lit(".") + (size % 100).cast(pl.String).str.zfill(2)


def positive(minor: pl.Expr) -> pl.Expr:
    """The amount as text where it is above zero, otherwise nothing."""
    return pl.when(minor > 0).then(money(minor)).otherwise(None)


def moment(day: pl.Expr, hour: float) -> pl.Expr:
    """The instant `hour` hours into the day, in UTC."""
    return (day * DAY + int(hour * 3_600_000_000)).cast(pl.Datetime("us", "UTC"))


def on(day: str | pl.Expr) -> pl.Expr:
    """A day number as a date."""
    return (pl.col(day) if isinstance(day, str) else day).cast(pl.Int32).cast(pl.Date)


def currency_code(position: str | pl.Expr = "currency") -> pl.Expr:
    """The currency's code, from its position."""
    column = pl.col(position) if isinstance(position, str) else position
    return column.replace_strict([0, 1, 2], list(CURRENCIES), return_dtype=pl.String)
