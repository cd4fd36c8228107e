"""What a BAI2 file states of itself: its three levels of trailers, and the totals of an account."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from pipelines.feeds.bai2.fields import Summary, major_amount
from pipelines.feeds.bai2.records import Record
from pipelines.feeds.reading import StatedTotal

LEVELS = {"49": "account", "98": "group", "99": "file"}
_MEMBERS = {"98": "accounts of the group", "99": "groups of the file"}
_SIDES = {"100": "CRDT", "102": "CRDT", "400": "DBIT", "402": "DBIT"}
_WORDS = {"CRDT": "credits", "DBIT": "debits"}
_AMOUNTS = ("100", "400")
_WHOLE = re.compile(r"[+-]?\d{1,40}")


@dataclass(slots=True)
class Level:
    """What a level adds up to: amounts in the smallest unit, members below it, records."""

    amount: Decimal = Decimal(0)
    members: int = 0
    records: int = 0


def of_trailer(record: Record, level: Level) -> Iterator[tuple[StatedTotal, str]]:
    """The totals that a trailer (49, 98, 99) states, each with its text; no blank ones."""
    code = record.code
    counted = [(f"{LEVELS[code]} control total ({code})", Decimal(level.amount))]
    if code in _MEMBERS:
        counted.append((f"{_MEMBERS[code]} ({code})", Decimal(level.members)))
    counted.append((f"records of the {LEVELS[code]} ({code})", Decimal(level.records)))
    for (name, figure), text in zip(counted, record.fields, strict=False):
        if text.strip("+- "):
            stated = Decimal(text) if _WHOLE.fullmatch(text) else None
            yield StatedTotal(name, stated, figure, f"line {record.row}"), text


def blanks_of(record: Record) -> int:
    """How many totals of a trailer are left blank."""
    wanted = 3 if record.code in _MEMBERS else 2
    return wanted - sum(bool(text.strip("+- ")) for text in record.fields[:wanted])


@dataclass(slots=True)
class OfAccount:
    """Credits and debits of one account: what its 03 record states, what its movements are."""

    currency: str = ""
    row: int = 0
    stated: list[Summary] = field(default_factory=list)
    amounts: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    items: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def state(self, summaries: Sequence[Summary]) -> None:
        """Take the summaries of the account that are totals of a side."""
        self.stated += [one for one in summaries if one.code in _SIDES]

    def count(self, side: str, amount: str) -> None:
        """Take a movement; one that was turned round by its sign counts as it is written."""
        self.amounts[side] += Decimal(amount)
        self.items[side] += 1

    def totals(self) -> Iterator[StatedTotal]:
        """Totals held against the movements; an account that lists none states balances only."""
        for one in self.stated:
            side, place = _SIDES[one.code], f"line {self.row}, type {one.code}"
            words = _WORDS[side]
            if one.code in _AMOUNTS and one.amount.strip():
                stated = Decimal(major_amount(one.amount, self.currency))
                total = StatedTotal(
                    f"total {words} ({one.code})", stated, self.amounts[side], place, self.currency
                )
                if self._may_hold(total):
                    yield total
            if one.items:
                number = StatedTotal(
                    f"number of {words} ({one.code})",
                    Decimal(one.items),
                    Decimal(self.items[side]),
                    place,
                )
                if self._may_hold(number):
                    yield number

    def _may_hold(self, total: StatedTotal) -> bool:
        return total.holds or any(self.items.values())
