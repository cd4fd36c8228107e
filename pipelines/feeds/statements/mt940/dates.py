"""Days as SWIFT writes them: YYMMDD, and days that are on no calendar."""

import calendar
from datetime import date
from functools import lru_cache

_LAST = 31
_HALF_A_YEAR = 183


@lru_cache(maxsize=4096)
def plain_day(text: str) -> str:
    """ISO date from YYMMDD; a day beyond its month, up to the 31st, is the month's last day.

    Banks that count every month with 30 days, or book on the 31st of each, write such days.

    Raises:
        ValueError: not a day of any month.
    """
    year, month, day = _parts(text)
    if 1 <= month <= 12 and day <= _LAST:
        day = min(day, calendar.monthrange(year, month)[1])
    return date(year, month, day).isoformat()


def is_beyond_month(text: str) -> bool:
    """Whether YYMMDD, or the MMDD at its end, is a day that its month has not."""
    try:
        return text.strip()[-2:] != plain_day(text)[-2:]
    except ValueError:
        return False


@lru_cache(maxsize=4096)
def booking_day(value: str, month_day: str | None) -> str:
    """The entry date takes its year from the value date, across the turn of the year if need be.

    Raises:
        ValueError: not a day of any month.
    """
    if not month_day or not month_day.strip():
        return value
    near = date.fromisoformat(value)
    booked = date.fromisoformat(plain_day(f"{near.year % 100:02d}{month_day}"))
    if (booked - near).days > _HALF_A_YEAR:
        booked = date.fromisoformat(plain_day(f"{(near.year - 1) % 100:02d}{month_day}"))
    elif (near - booked).days > _HALF_A_YEAR:
        booked = date.fromisoformat(plain_day(f"{(near.year + 1) % 100:02d}{month_day}"))
    return booked.isoformat()


def _parts(text: str) -> tuple[int, int, int]:
    year, month, day = 2000 + int(text[:2]), int(text[2:4]), int(text[4:6])
    return (year - 100 if year > 2079 else year), month, day
