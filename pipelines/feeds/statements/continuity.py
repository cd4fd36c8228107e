"""Statements of several files held against each other: none missing, none twice, each in its place.

The lake does the same over all it ever took in (`fct_statement_chain`); this needs no lake.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Any

from pipelines.feeds.reading import Finding

_OF_THE_DAY = ("camt.052", "camt.054", "MT942", "MT900", "MT910")
_NUMBER = re.compile(r"(\d{1,15})(?:.*/(\d{1,9})$)?")


@dataclass(slots=True)
class StatementSummary:
    """What the chain needs to know of a statement; `file` says where it came from."""

    file: str
    account: str
    statement_id: str
    currency: str = ""
    sequence: str = ""
    day: str = ""
    opening: Decimal | None = None
    closing: Decimal | None = None
    movements: Decimal = Decimal(0)
    entries: int = 0
    first: str = ""
    last: str = ""

    @property
    def number(self) -> tuple[int, int]:
        """The bank's number and the page; zero where it gives none."""
        match = _NUMBER.match(self.sequence)
        return (int(match[1]), int(match[2] or 0)) if match else (0, 0)

    @property
    def name(self) -> str:
        """How people find it."""
        return f"{self.statement_id} in {self.file}"

    @property
    def content(self) -> tuple[object, ...]:
        """What makes it the same statement as another, whatever the file calls it."""
        told = (self.opening, self.closing, self.movements, self.entries, self.first, self.last)
        return told if self.entries else (*told, self.sequence, self.day)


def is_report_of_the_day(message_type: str) -> bool:
    """Whether it repeats what the statement of the day will book."""
    return message_type in _OF_THE_DAY


def summary_of(said: Mapping[str, Any]) -> StatementSummary | None:
    """What a canonical JSON object tells the chain; nothing where it is a report of the day."""
    if is_report_of_the_day(said["source"]["format"]):
        return None
    control = said["balance_control"] or {}
    booked = [entry for entry in said["entries"] if entry["status"] == "BOOK"]
    days = sorted(entry["booking_date"] for entry in booked if entry["booking_date"])
    opening, closing = said["opening"] or {}, said["closing"] or {}
    return StatementSummary(
        said["source"]["file"],
        said["account"]["id"] or "",
        said["statement_id"] or "",
        control.get("currency") or closing.get("currency") or said["account"]["currency"] or "",
        said["sequence"] or "",
        said["to"] or closing.get("date") or (days[-1] if days else ""),
        _amount(opening.get("amount")),
        _amount(closing.get("amount")),
        sum((Decimal(entry["amount"]) for entry in booked), Decimal(0)),
        len(booked),
        *((days[0], days[-1]) if days else ("", "")),
    )


def _amount(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def continuity_findings(
    told: Iterable[StatementSummary],
) -> Iterator[tuple[StatementSummary, Finding]]:
    """What is odd about the order of statements: duplicates, gaps, and files out of order.

    Statements are ordered by account, day and number; each finding stands with the statement that
    it was met at.
    """
    given = sorted(told, key=_account)  # in the order in which they came, account by account
    arrival = {id(one): place for place, one in enumerate(given)}
    for _, group in groupby(given, key=_account):
        once, twice = _told_once(list(group))
        yield from twice
        for before, one in pairwise(sorted(once, key=lambda one: (one.day, one.number))):
            yield from _link(before, one, late=arrival[id(before)] > arrival[id(one)])


def _account(one: StatementSummary) -> tuple[str, str]:
    return one.account, one.currency


def _told_once(
    group: Sequence[StatementSummary],
) -> tuple[list[StatementSummary], list[tuple[StatementSummary, Finding]]]:
    seen: dict[tuple[object, ...], StatementSummary] = {}
    twice = []
    for one in group:
        other = seen.setdefault(one.content, one)
        if other is not one:
            words = f"the same balances and entries as {other.name}; it counts once"
            twice.append((one, Finding("statement_duplicate", words, one.name)))
    return [
        one for one in seen.values() if one.opening is not None or one.closing is not None
    ], twice


def _link(
    before: StatementSummary, one: StatementSummary, *, late: bool
) -> Iterator[tuple[StatementSummary, Finding]]:
    if before.closing is None or one.opening is None:
        return
    if before.closing != one.opening:
        words = (
            f"{before.name} closes on {before.closing}, this one opens on {one.opening} "
            f"{one.currency}: difference {one.opening - before.closing}; {_missing(before, one)}"
        )
        yield one, Finding("statement_gap", words, one.name)
    elif late and before.file != one.file:
        words = f"belongs behind {before.name}, which was given after it; they chain in that order"
        yield one, Finding("statement_out_of_order", words, one.name)


def _missing(before: StatementSummary, one: StatementSummary) -> str:
    first, last = before.number[0] + 1, one.number[0] - 1
    if before.number[0] and first <= last:
        return (
            f"statement {first} is missing" if first == last else f"{first} to {last} are missing"
        )
    return "a statement between them is missing, or one of them is wrong"
