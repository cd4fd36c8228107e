"""The funds type of a BAI2 amount: when the money can be used."""

from collections.abc import Sequence
from dataclasses import dataclass

_TYPES = ("", "0", "1", "2", "S", "V", "D", "Z")
_SPLIT = ("immediate", "one day", "two days or more")


@dataclass(frozen=True, slots=True)
class Funds:
    """What a funds type says: its letter, the value date and time it carries, and its parts.

    `parts` says how much is available when, amounts as written.
    """

    kind: str = ""
    value_day: str = ""
    value_time: str = ""
    parts: tuple[tuple[str, str], ...] = ()


def funds(items: Sequence[str], at: int) -> tuple[Funds, int]:
    """The funds type that stands at `at`, and where the next field is.

    Raises:
        ValueError: no funds type that the standard knows.
    """
    kind = _field(items, at).upper()
    if kind not in _TYPES:
        raise ValueError(f"'{kind}' is not a funds type")
    at += 1
    if kind == "V":
        return Funds(kind, _field(items, at), _field(items, at + 1)), at + 2
    if kind == "S":
        amounts = (_field(items, at + place) for place in range(3))
        return Funds(kind, parts=tuple(zip(_SPLIT, amounts, strict=True))), at + 3
    if kind == "D":
        return _distributed(items, at)
    return Funds(kind), at


def _distributed(items: Sequence[str], at: int) -> tuple[Funds, int]:
    count = _field(items, at)
    if not count.isdecimal():
        raise ValueError("a distributed funds type does not say over how many days")
    end = min(at + 1 + 2 * int(count), len(items) + 2)
    parts = [(_days(_field(items, on)), _field(items, on + 1)) for on in range(at + 1, end, 2)]
    return Funds("D", parts=tuple(parts)), at + 1 + 2 * int(count)


def _days(text: str) -> str:
    days = text.lstrip("0") or "0"
    return {"0": "immediate", "1": "one day"}.get(days, f"{days} days")


def _field(items: Sequence[str], at: int) -> str:
    return items[at].strip() if at < len(items) else ""
