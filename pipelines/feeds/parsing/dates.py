"""Dates, local times and the zones beside them, as people and programs write them, in ISO text."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

_PARTS = r"^(\d{1,4})[./-](\d{1,2})[./-](\d{2,4})$"
ORDERS = ("YMD", "DMY", "MDY")

_FORMATS = [
    *("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%Y%m%d", "%m/%d/%Y", "%d.%m.%y", "%d/%m/%y"),
    *("%m/%d/%y", "%Y/%m/%d", "%Y.%m.%d", "%Y:%m:%d", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y"),
]
"""Ways of writing a date that a proposed profile tries, the plainest first."""

ABBREVIATIONS = {
    "UTC": "+00:00", "GMT": "+00:00", "WET": "+00:00", "BST": "+01:00", "WEST": "+01:00",
    "CET": "+01:00", "MET": "+01:00", "CEST": "+02:00", "MEST": "+02:00", "EET": "+02:00",
    "EEST": "+03:00", "MSK": "+03:00", "IST": "+05:30", "SGT": "+08:00", "HKT": "+08:00",
    "AWST": "+08:00", "JST": "+09:00", "AEST": "+10:00", "AEDT": "+11:00", "NZST": "+12:00",
    "NZDT": "+13:00", "BRT": "-03:00", "EDT": "-04:00", "EST": "-05:00", "CDT": "-05:00",
    "CST": "-06:00", "MDT": "-06:00", "MST": "-07:00", "PDT": "-07:00", "PST": "-08:00",
}  # fmt: skip
"""What payment providers write, as they mean it: the offset itself, summer time already decided."""


def instants(local: pl.Series, zone: pl.Series) -> pl.Series:
    """ISO local times (`2021-01-05 00:21:32`) as ISO text with the offset of their zone.

    A zone is an abbreviation of `ABBREVIATIONS` or an IANA name; without one the time is UTC. The
    time of an unknown zone keeps the zone's name beside it, and will not cast.
    """
    names = zone.str.strip_chars()
    if local.len() and names.n_unique() == 1:
        return _in_zone(local, names[0])
    frame = pl.DataFrame({"local": local, "zone": names})
    parts = [
        group.with_columns(_in_zone(group["local"], name).alias("instant"))
        for (name,), group in frame.with_row_index().group_by("zone", maintain_order=True)
    ]
    if not parts:
        return local
    return pl.concat(parts).sort("index")["instant"].alias(local.name)


def _in_zone(local: pl.Series, zone: object) -> pl.Series:
    offset = ABBREVIATIONS.get(str(zone or "UTC").upper())
    if offset:
        return local + offset
    try:
        ZoneInfo(str(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return local + f" {zone}"
    naive = local.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False)
    aware = naive.dt.replace_time_zone(str(zone), ambiguous="earliest", non_existent="null")
    stated = aware.dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return stated.fill_null(local + f" {zone}")


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


def moments(written: pl.Series, order: str) -> pl.Series:
    """Days with or without a time of day, written in one order, as ISO text."""
    day = iso_dates(written.str.extract(r"^([^T\s]+)"), order)
    clock = written.str.extract(r"^[^T\s]+[T\s]+(.+)$")
    return (day + ("T" + clock).fill_null("")).alias(written.name)


def iso_day(text: str, date_formats: Sequence[str]) -> str | None:
    """ISO date of a date in one of several ways of writing it; what is no date stays as it is."""
    plain = text.strip()
    for date_format in date_formats:
        for written in (plain, re.split(r"[ T]", plain)[0].rstrip(".")):
            try:
                return datetime.strptime(written, date_format).date().isoformat()  # noqa: DTZ007 - a date
            except ValueError:
                continue
    return plain or None


def _reads(way: str, values: Sequence[str]) -> bool:
    try:
        for value in values:
            written = value if " " in way else re.split(r"[ T]", value)[0].rstrip(".")
            datetime.strptime(written, way)  # noqa: DTZ007 - a date only
    except ValueError:
        return False
    return True


def are_dates(values: Sequence[str]) -> bool:
    """Whether one way of writing dates reads every one of the values."""
    return bool(values) and any(_reads(way, values) for way in _FORMATS)


def date_formats(values: Sequence[str]) -> list[str]:
    """The ways of writing dates that read every one of the values; none where there is no value."""
    return [way for way in _FORMATS if values and _reads(way, values)]
