"""Amounts, dates and identities as OFX writes them and as banks write them instead."""

import hashlib
import re
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

from pipelines.feeds.parsing.minor_units import THREE_DECIMALS, decimals

_FINE = re.compile(r"-?\d{1,15}\.\d{1,20}")
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")
_SHORT_DAY = re.compile(r"(\d{2})/?(\d{2})/?(\d{2})$")
_BALANCE_ROW = re.compile(
    r"(saldo (anterior|inicial|final|atual|do dia|total|disponivel|disponível|parcial|em conta)"
    r"|(opening|closing|previous|starting|ending|current|available) balance"
    r"|balance (brought|carried) forward"
    r"|(ancien|nouveau) solde|solde (initial|final|au|d)|anfangssaldo|endsaldo|schlusssaldo)\b",
    re.IGNORECASE,
)


def decimal_text(text: str, currency: str | None) -> str:
    """Decimal text from an amount with either decimal mark, blanks and a plus sign.

    A lone comma before three digits groups thousands, unless the currency has three decimals. What
    is no amount stays as it is, so that its row is rejected with its words.
    """
    plain = re.sub(r"[\s\u00a0\u202f']", "", text).removeprefix("+")
    if not re.fullmatch(r"-?[\d.,]*\d[.,]?-?", plain):
        return text.strip()
    if plain.endswith("-"):
        plain = f"-{plain[:-1]}"
    mark = max(plain.rfind(","), plain.rfind("."))
    if mark < 0:
        return plain
    whole, cents = plain[:mark], plain[mark + 1 :]
    several = plain.count(plain[mark]) > 1
    grouped = plain[mark] == "," and len(cents) == 3 and "." not in whole
    if several or (grouped and currency not in THREE_DECIMALS):
        return re.sub(r"[.,]", "", plain)
    whole = re.sub(r"[.,]", "", whole)
    return f"{whole or '0'}.{cents}" if cents else whole


def in_places(amount: str, currency: str | None) -> str:
    """An amount in the places of its currency, where it has more.

    Brokers count hundredths of a cent, and book cents. What is no amount stays as it is.
    """
    places = decimals(currency or "")
    if not _FINE.fullmatch(amount) or not amount.rpartition(".")[2][places:].strip("0"):
        return amount
    unit = Decimal(1).scaleb(-places)
    return f"{Decimal(amount).quantize(unit, ROUND_HALF_UP, Context(prec=40)):f}"


def day(text: str | None) -> str | None:
    """ISO date from `YYYYMMDD...`; `None` where nothing is given or it is all zeros.

    What is no day of the calendar stays as it is.
    """
    if not text or not text.strip("0.:[]-GMT "):
        return None
    match = _DAY.match(text)
    if match is None:
        return text
    try:
        return date(*(int(part) for part in match.groups())).isoformat()
    except ValueError:
        return text


def lenient_day(text: str | None) -> str | None:
    """As `day`, and DDMMYY as some banks write the period; `None` for what is no date."""
    read = day(text)
    if read is None or _DAY.fullmatch(read):
        return read
    match = _SHORT_DAY.match(text or "")
    if match is None:
        return None
    try:
        return date(2000 + int(match[3]), int(match[2]), int(match[1])).isoformat()
    except ValueError:
        return None


def is_balance_row(name: str, memo: str) -> bool:
    """Whether a row only tells a balance, as some banks write between the movements."""
    return bool(_BALANCE_ROW.match(name.strip()) or (not name and _BALANCE_ROW.match(memo.strip())))


def synthetic_id(*content: str) -> str:
    """A stable identity from what a movement says, for banks that give none or the same twice."""
    return "own-" + hashlib.sha256("\x1f".join(content).encode()).hexdigest()[:20]
