"""Number and sum of entries that `:90C:` and `:90D:` state, held against the movements read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from pipelines.feeds.reading import StatedTotal
from pipelines.feeds.statements.mt940.lines import plain_amount

_SUM = re.compile(r"(\d{1,5})([A-Za-z]{3})?\s*([\d.,]+)$")
_SIDES = {"C": "credit", "D": "debit"}


@dataclass(slots=True)
class EntrySum:
    """Entries of one side: how many, and their sum without sign."""

    entries: int = 0
    amount: Decimal = Decimal(0)


@dataclass(slots=True)
class StatedSums:
    """What one message states of its entries, and what they are."""

    stated: dict[str, tuple[str, int]] = field(default_factory=dict)
    counted: dict[str, EntrySum] = field(
        default_factory=lambda: {side: EntrySum() for side in _SIDES}
    )

    def state(self, tag: str, text: str, row: int) -> str | None:
        """Take a `:90C:` or `:90D:`; gives the currency that it names."""
        self.stated[tag[-1]] = text, row
        match = _SUM.match(text)
        return match[2].upper() if match and match[2] else None

    def count(self, direction: str, amount: str) -> None:
        """Take a movement."""
        counted = self.counted["C" if direction == "CRDT" else "D"]
        counted.entries += 1
        counted.amount += abs(Decimal(amount))

    def totals(self, currency: str | None) -> Iterator[tuple[StatedTotal, str]]:
        """The totals stated, each with its text."""
        for side, (text, row) in self.stated.items():
            match, counted = _SUM.match(text), self.counted[side]
            number = Decimal(match[1]) if match else None
            amount = Decimal(plain_amount(match[3])) if match else None
            place, words = f"line {row}", f"of {_SIDES[side]} entries (:90{side}:)"
            yield StatedTotal(f"number {words}", number, Decimal(counted.entries), place), text
            yield StatedTotal(f"sum {words}", amount, counted.amount, place, currency), text
