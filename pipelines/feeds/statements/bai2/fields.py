"""What account (03) and transaction (16) records say, funds types and type codes included."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from pipelines.feeds.parsing.minor_units import decimals
from pipelines.feeds.statements.bai2.funds import Funds, funds
from pipelines.feeds.statements.bai2.records import Record

BALANCES = {
    "010": "OPBD",
    "015": "CLBD",
    "030": "ITBD",
    "040": "OPAV",
    "045": "CLAV",
    "060": "ITAV",
}
"""Status codes that ISO 20022 has a name for."""

_AMOUNT = re.compile(r"[+-]?\d*\.?\d*")
_THREE_DECIMALS = 3
_CODE = re.compile(r"\d{3}")
_TAGGED = re.compile(r"([A-Z]{4}): ?(.*)")


class SummaryAmount(NamedTuple):
    """A balance or total of an account: its type code, amount as written, number of items."""

    code: str
    amount: str
    items: str
    funds: Funds


@dataclass(slots=True)
class Transaction:
    """A movement; its amount as written."""

    code: str
    amount: str
    funds: Funds
    bank_reference: str = ""
    customer_reference: str = ""
    text: str = ""
    tagged: dict[str, str] = field(default_factory=dict)


class _ShortError(ValueError):
    """Fields are missing at the end."""


def direction(code: str) -> str | None:
    """`CRDT` or `DBIT` by the type code's range; `None` for loans and for what moves no money."""
    number = int(code) if code.isdecimal() else 0
    if 100 <= number < 400 or 920 <= number < 960:
        return "CRDT"
    return "DBIT" if 400 <= number < 700 or 960 <= number < 1000 else None


def major_amount(text: str, currency: str) -> str:
    """Decimal text from an amount in the currency's smallest unit, sign kept; blank is zero.

    Raises:
        ValueError: not an amount.
    """
    plain = text.strip()
    if plain.isdecimal() and plain.isascii() and len(plain) > _THREE_DECIMALS:
        places = decimals(currency)
        return (
            f"{plain[:-places].lstrip('0') or '0'}.{plain[-places:]}"
            if places
            else plain.lstrip("0") or "0"
        )
    if not _AMOUNT.fullmatch(plain):
        raise ValueError(f"'{plain[:40]}' is not an amount")
    if "." in plain:
        return plain
    sign = "-" if plain.startswith("-") else ""
    digits, places = plain.lstrip("+-") or "0", decimals(currency)
    digits = digits.zfill(places + 1)
    whole = digits.lstrip("0") if places == 0 else digits[:-places].lstrip("0")
    return f"{sign}{whole or '0'}" + (f".{digits[-places:]}" if places else "")


def summaries(record: Record) -> tuple[str, str, list[SummaryAmount]]:
    """Account, currency and summaries of an 03 record.

    Raises:
        ValueError: its fields do not make sense however its continuations are joined.
    """
    try:
        return _summaries(record.fields)
    except ValueError:
        loose = ",".join(piece.text for piece in record.pieces)
        return _summaries([item.strip() for item in loose.split(",")])


def _summaries(items: list[str]) -> tuple[str, str, list[SummaryAmount]]:
    account, currency = items[0], items[1] if len(items) > 1 else ""
    amounts, at = [], 2
    while at < len(items):
        code = items[at]
        if not code and at + 1 < len(items) and _CODE.fullmatch(items[at + 1]):
            at += 1  # a comma too many before the next summary
            continue
        if not code:
            amount, at = items[at + 1] if at + 1 < len(items) else "", at + 4
            if amount.strip():
                raise ValueError("an amount has no type code")
            continue
        if not _CODE.fullmatch(code):
            raise ValueError(f"'{code[:20]}' is not a type code")
        amount, count = (*items[at + 1 : at + 3], "", "")[:2]
        if not _AMOUNT.fullmatch(amount) or not (count == "" or count.isdecimal()):
            raise ValueError(f"'{amount[:20]},{count[:20]}' are not an amount and a count")
        available, at = funds(items, at + 3)
        amounts.append(SummaryAmount(code, amount, count, available))
    return account, currency, amounts


def transaction(record: Record) -> Transaction:
    """Read a 16 record with its continuations.

    Raises:
        ValueError: no type code or an unknown funds type.
    """
    pieces = list(record.pieces)
    head = pieces.pop(0)
    text = head.text
    while pieces:
        try:
            read = _transaction(text.split(","))
            break
        except _ShortError:
            piece = pieces.pop(0)
            text += f",{piece.text}" if head.ended else piece.text
            head = piece
    else:
        read = _transaction([*text.split(","), *[""] * 24])
    words = [read.text.strip()]
    for piece in pieces:
        if match := _TAGGED.match(piece.text.strip()):
            read.tagged.setdefault(match[1], match[2].strip())
        words.append(piece.text.strip())
    read.text = " ".join(filter(None, words)).strip()
    return read


def _transaction(items: list[str]) -> Transaction:
    code = items[0].strip()
    if not (len(code) == 3 and code.isdecimal()):
        raise ValueError(f"'{items[0][:20]}' is not a type code")
    if len(items) < 3:
        raise _ShortError
    available, at = funds(items, 2)
    if len(items) < at + 2:
        raise _ShortError
    bank, customer, *text = items[at:]
    return Transaction(
        code,
        items[1].strip(),
        available,
        bank.strip(),
        customer.strip(),
        ",".join(text).strip(" ,"),
    )
