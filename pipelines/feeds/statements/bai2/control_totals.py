"""What a BAI2 file states of itself: its three levels of trailers, and the totals of an account."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from pipelines.feeds.reading import StatedTotal
from pipelines.feeds.statements.bai2.fields import SummaryAmount, major_amount
from pipelines.feeds.statements.bai2.records import Record

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
class AccountTotals:
    """Credits and debits of one account: what its 03 record states, what its movements are."""

    currency: str = ""
    row: int = 0
    stated: list[SummaryAmount] = field(default_factory=list)
    amounts: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    items: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def state(self, summaries: Sequence[SummaryAmount]) -> None:
        """Take the summaries of the account that are totals of a side."""
        self.stated += [summary for summary in summaries if summary.code in _SIDES]

    def count(self, side: str, amount: str) -> None:
        """Take a movement; one that was turned round by its sign counts as it is written."""
        self.amounts[side] += Decimal(amount)
        self.items[side] += 1

    def totals(self) -> Iterator[StatedTotal]:
        """Totals held against the movements of their side, where its detail is known to be whole.

        Banks send totals of a day with some of its movements, or none. The detail of a side is
        whole where it has as many movements as stated, or comes to the sum stated; where it has
        more of either than stated, that is false in any case.
        """
        for summary in self.stated:
            amount, number = self._amount(summary), self._number(summary)
            is_whole = self._is_whole(_SIDES[summary.code])
            for total in (amount, number):
                if total is not None and (is_whole or total.holds or _is_passed(total)):
                    yield total

    def partial(self) -> Iterator[tuple[str, str]]:
        """Sides of which fewer movements are listed than stated, each in words with its place."""
        for side in dict.fromkeys(_SIDES[summary.code] for summary in self.stated):
            of_side = [summary for summary in self.stated if _SIDES[summary.code] == side]
            totals = [*map(self._amount, of_side), *map(self._number, of_side)]
            short = [total for total in totals if total is not None and not total.holds]
            if (
                short
                and self.items[side]
                and not (self._is_whole(side) or any(map(_is_passed, short)))
            ):
                words = (
                    f"the {short[0].name} is stated as {short[0].stated}, listed {short[0].counted}"
                )
                yield f"{words}: detail of some movements only, so it is not held", short[0].place

    def _is_whole(self, side: str) -> bool:
        """Whether a count or a sum that is not zero says that every movement is listed."""
        of_side = [summary for summary in self.stated if _SIDES[summary.code] == side]
        totals = [*map(self._amount, of_side), *map(self._number, of_side)]
        return bool(self.items[side]) and any(total.holds for total in totals if total is not None)

    def _amount(self, summary: SummaryAmount) -> StatedTotal | None:
        if summary.code not in _AMOUNTS or not summary.amount.strip():
            return None
        side = _SIDES[summary.code]
        stated = Decimal(major_amount(summary.amount, self.currency))
        name = f"total {_WORDS[side]} ({summary.code})"
        return StatedTotal(name, stated, self.amounts[side], self._place(summary), self.currency)

    def _number(self, summary: SummaryAmount) -> StatedTotal | None:
        if not summary.items:
            return None
        side = _SIDES[summary.code]
        name = f"number of {_WORDS[side]} ({summary.code})"
        return StatedTotal(
            name, Decimal(summary.items), Decimal(self.items[side]), self._place(summary)
        )

    def _place(self, summary: SummaryAmount) -> str:
        return f"line {self.row}, type {summary.code}"


def _is_passed(total: StatedTotal) -> bool:
    """Whether more is listed than stated, which missing detail cannot explain."""
    return total.stated is not None and abs(total.counted) > abs(total.stated)
