"""Currencies and their decimals: ISO 4217, codes that it withdrew, and codes of the house's own.

The list and the minor units are those of the package `iso4217`, which carries the table of the ISO
4217 agency. A code is money's name in the books: `XXX` (no currency) and `XTS` (a test) are none.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from iso4217 import Currency

PLACES_KEPT = 3
"""Decimals that an amount has in the lake: no currency in circulation has more."""

WITHDRAWN = Path(__file__).with_name("withdrawn_currencies.csv")
"""Codes that ISO 4217 has withdrawn and that older books still name; two decimals are taken."""

_NO_MONEY = frozenset({"XXX", "XTS"})
_OWN: dict[str, int] = {}


class UnknownCurrencyError(ValueError):
    """A setting names a currency that cannot be one."""


def admit_own(codes: Mapping[str, int]) -> None:
    """Let the house hold codes that ISO 4217 does not know, such as USDC, with their decimals.

    Raises:
        UnknownCurrencyError: a code or its decimals make no sense.
    """
    for code, decimals in codes.items():
        if not (code.isascii() and code.isalnum() and code.isupper() and 3 <= len(code) <= 12):
            raise UnknownCurrencyError(f"{code!r} is not a code of capitals and digits")
        if code in _iso() or not 0 <= decimals <= 18:
            raise UnknownCurrencyError(
                f"{code} is in ISO 4217, or {decimals} decimals are too many"
            )
    _OWN.clear()
    _OWN.update(codes)


def places(code: str | None) -> int | None:
    """Decimals of a currency, None for what is none; metals and the like have those of the lake."""
    if code is None:
        return None
    own = _OWN.get(code)
    return _iso().get(code) if own is None else own


def currencies() -> Mapping[str, int]:
    """Every currency that may come in, with its decimals."""
    return {**_iso(), **_OWN}


def with_places(decimals: int) -> frozenset[str]:
    """The currencies that have just so many decimals."""
    return frozenset(code for code, number in currencies().items() if number == decimals)


def too_many_places(amount: str, code: str | None) -> str | None:
    """What is wrong with an amount that has more decimals than its currency, in words.

    Args:
        amount: plain decimal text.
        code: its currency.

    Returns:
        None when nothing is wrong, or when the currency is not known.
    """
    decimals = places(code)
    given = len(amount.partition(".")[2].rstrip("0"))
    allowed = PLACES_KEPT if decimals is None else min(decimals, PLACES_KEPT)
    if given <= allowed:
        return None
    if decimals is None or decimals > PLACES_KEPT:
        return f"{amount} {code or ''}".strip() + f" has {counted(given)}, and three are kept"
    return f"{amount} {code} has {counted(given)}, and {code} has {counted(decimals, short=True)}"


def counted(number: int, *, short: bool = False) -> str:
    """A number of decimals in words."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    said = words[number] if number < len(words) else str(number)
    if short and number:
        return said
    return f"{said} decimal{'' if number == 1 else 's'}"


@cache
def _iso() -> Mapping[str, int]:
    named: Iterable[Currency] = Currency
    known = {
        one.code: PLACES_KEPT if one.exponent is None else one.exponent
        for one in named
        if one.code not in _NO_MONEY
    }
    withdrawn = WITHDRAWN.read_text("utf-8").split()[1:]
    return {**dict.fromkeys(withdrawn, 2), **known}
