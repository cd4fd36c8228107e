"""The typed lines of a statement: `:61:` movements, `:60:`-`:65:` balances, dates, amounts."""

import calendar
import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

_LINE = re.compile(
    r"(\d{6})(\d{4}| {4})? ?((?:[Rr]|[Ee])?[CDcd])([A-Z])?[\n ]*(\d[\d.,]*|,\d+)"
    r"((?! ?NONREF)(?: [NSF]|[A-Z])[A-Z0-9 ]{3})?([^\n]*)(?:\n([\s\S]*))?"
)
_BALANCE = re.compile(r"([CDcd])?(\d{6})([A-Za-z]{3})?\s*([\d.,]+)$")
_REFERENCE = 16
_HALF_A_YEAR = 183


class Movement(NamedTuple):
    """A `:61:` line as written; `amount` is signed, dates are ISO text."""

    amount: str
    direction: str
    reversal: bool
    expected: bool
    value_date: str
    booking_date: str
    funds_code: str | None
    code: str | None
    customer_reference: str | None
    bank_reference: str | None
    supplement: str | None


class Balance(NamedTuple):
    """A balance field as written; `amount` is signed."""

    amount: str
    currency: str | None
    day: str


def plain_amount(text: str) -> str:
    """Decimal text from a SWIFT amount: a comma is the decimal mark, dots before it group.

    Leading zeros, with which some banks fill the field, go.
    """
    whole, cents = text, ""
    if "," in text:
        whole, _, cents = text.replace(".", "").rpartition(",")
    elif "." in text:
        whole, _, cents = text.rpartition(".")
    whole = whole.replace(",", "").replace(".", "").lstrip("0") or "0"
    return f"{whole}.{cents}" if cents else whole


@lru_cache(maxsize=4096)
def plain_day(text: str) -> str:
    """ISO date from YYMMDD; the 30th of February, which some banks book on, is its last day.

    Raises:
        ValueError: not a day of any calendar.
    """
    year, month, day = 2000 + int(text[:2]), int(text[2:4]), int(text[4:6])
    if year > 2079:
        year -= 100
    if month == 2 and day in (29, 30):
        day = min(day, calendar.monthrange(year, 2)[1])
    return date(year, month, day).isoformat()


@lru_cache(maxsize=4096)
def _booking_day(value: str, month_day: str | None) -> str:
    """The entry date takes its year from the value date, across the turn of the year if need be."""
    if not month_day or not month_day.strip():
        return value
    near = date.fromisoformat(value)
    booked = date.fromisoformat(plain_day(f"{near.year % 100:02d}{month_day}"))
    if (booked - near).days > _HALF_A_YEAR:
        booked = date.fromisoformat(plain_day(f"{(near.year - 1) % 100:02d}{month_day}"))
    elif (near - booked).days > _HALF_A_YEAR:
        booked = date.fromisoformat(plain_day(f"{(near.year + 1) % 100:02d}{month_day}"))
    return booked.isoformat()


def movement(text: str) -> Movement:
    """Read a `:61:` field.

    Raises:
        ValueError: it does not look like one.
    """
    match = _LINE.match(text.strip("\n"))
    if not match:
        raise ValueError("it is not YYMMDD[MMDD], a mark, an amount, a type and references")
    value, month_day, mark, funds, amount, code, references, supplement = match.groups()
    mark = mark.upper()
    value_date = plain_day(value)
    customer, bank, more = _references(references)
    reversal = mark.startswith("R")
    credit = (mark.endswith("C")) != reversal
    unsigned = plain_amount(amount)
    said = " ".join(f"{more} {supplement or ''}".split()) if more or supplement else ""
    return Movement(  # by place: names cost as much as all the rest
        unsigned if credit else f"-{unsigned}",
        "CRDT" if credit else "DBIT",
        reversal,
        mark.startswith("E"),
        value_date,
        _booking_day(value_date, month_day),
        funds,
        code.lstrip() if code else None,
        customer or None,
        bank or None,
        said or None,
    )


def _references(text: str) -> tuple[str, str, str]:
    """Customer reference, bank reference, and what stands behind a padded 16-place reference.

    Some banks write longer references than the standard's 16 places, or an IBAN: only padding
    before the 17th place shows that another text begins there.
    """
    customer, marked, bank = text.partition("//")
    more = ""
    if not marked and len(customer) > _REFERENCE and customer[_REFERENCE - 1] == " ":
        customer, more = customer[:_REFERENCE], customer[_REFERENCE:]
    return customer.strip(), bank.strip(), more.strip()


def balance(text: str) -> Balance:
    """Read a balance field; a currency that is left out is `None`.

    Raises:
        ValueError: it does not look like one.
    """
    match = _BALANCE.match(text.strip())
    if not match:
        raise ValueError("it is not a mark, YYMMDD, a currency and an amount")
    mark, day, currency, amount = match.groups()
    unsigned = plain_amount(amount)
    return Balance(
        amount=f"-{unsigned}" if mark in ("D", "d") else unsigned,
        currency=currency.upper() if currency else None,
        day=plain_day(day),
    )
