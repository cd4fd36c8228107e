"""The typed lines of a statement: `:61:` movements, `:60:`-`:65:` balances, dates, amounts."""

import re
from typing import NamedTuple

from pipelines.feeds.statements.mt940.dates import booking_day, is_beyond_month, plain_day

_LINE = re.compile(
    r"(\d{6})(\d{4}| {4})? ?((?:[Rr]|[Ee])?[CDcd])([A-Z])?[\n ]*([+-]?)"
    r"(\d{1,3}(?:[ '\u00a0]\d{3})+(?:[.,]\d*)?|\d[\d.,]*|,\d+)"
    r"((?! ?NONREF)(?: [NSF]|[A-Z])[A-Z0-9 ]{3})?([^\n]*)(?:\n([\s\S]*))?"
)
_BALANCE = re.compile(r"([CDcd])?(\d{6})([A-Za-z]{3})?\s*([+-]?)([\d., '\u00a0]+)$")
_REFERENCE = 16


class Movement(NamedTuple):
    """A `:61:` line as written; `amount` is signed, dates are ISO text.

    `has_minus` says that the amount has a minus of its own behind the mark, by which the movement
    is turned round; `moved_days` names days that their month has not.
    """

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
    has_minus: bool = False
    moved_days: str = ""


class Balance(NamedTuple):
    """A balance field as written; `amount` is signed."""

    amount: str
    currency: str | None
    day: str
    moved_day: str = ""


def plain_amount(text: str) -> str:
    """Decimal text from a SWIFT amount: a comma is the decimal mark, dots before it group.

    Where both stand, the later one is the decimal mark; a mark that comes twice groups. Leading
    zeros, with which some banks fill the field, go.
    """
    if not text.isascii() or " " in text or "'" in text:
        text = re.sub(r"[ '\u00a0]", "", text)
    mark = _decimal_mark(text)
    whole, _, cents = text.rpartition(mark) if mark else (text, "", "")
    whole = whole.replace(",", "").replace(".", "").lstrip("0") or "0"
    return f"{whole}.{cents}" if cents else whole


def _decimal_mark(text: str) -> str:
    comma, dot = text.rfind(","), text.rfind(".")
    if comma >= 0 and dot >= 0:
        return "," if comma > dot else "."
    mark = "," if comma >= 0 else "." if dot >= 0 else ""
    if not mark or text.count(mark) == 1:
        return mark
    return "" if len(text) - text.rfind(mark) == 4 else mark


def movement(text: str) -> Movement:
    """Read a `:61:` field.

    Raises:
        ValueError: it does not look like one.
    """
    match = _LINE.match(text.strip("\n"))
    if not match:
        raise ValueError("it is not YYMMDD[MMDD], a mark, an amount, a type and references")
    value, month_day, mark, funds, sign, amount, code, references, supplement = match.groups()
    mark, has_minus = mark.upper(), sign == "-"
    value_date = plain_day(value)
    customer, bank, more = _references(references)
    reversal = mark.startswith("R")
    credit = (mark.endswith("C") != reversal) != has_minus
    unsigned = plain_amount(amount)
    supplementary = " ".join(f"{more} {supplement or ''}".split()) if more or supplement else ""
    return Movement(  # by place: names cost as much as all the rest
        unsigned if credit else f"-{unsigned}",
        "CRDT" if credit else "DBIT",
        reversal,
        mark.startswith("E"),
        value_date,
        booking_day(value_date, month_day),
        funds,
        code.lstrip() if code else None,
        customer or None,
        bank or None,
        supplementary or None,
        has_minus,
        _moved_days(value, month_day),
    )


def _moved_days(value: str, month_day: str | None) -> str:
    """Days of a `:61:` line that their month has not, as written."""
    if value[4:] < "29" and (not month_day or month_day[2:] < "29"):
        return ""
    booked = f"{value[:2]}{month_day}" if month_day and month_day.strip() else ""
    return ", ".join(text for text in (value, booked) if text and is_beyond_month(text))


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
    mark, day, currency, sign, amount = match.groups()
    unsigned = plain_amount(amount)
    return Balance(
        amount=f"-{unsigned}" if mark in ("D", "d") or sign == "-" else unsigned,
        currency=currency.upper() if currency else None,
        day=plain_day(day),
        moved_day=day if is_beyond_month(day) else "",
    )
