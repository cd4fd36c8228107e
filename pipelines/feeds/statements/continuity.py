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
        figures = (self.opening, self.closing, self.movements, self.entries, self.first, self.last)
        return figures if self.entries else (*figures, self.sequence, self.day)


def is_report_of_the_day(message_type: str) -> bool:
    """Whether it repeats what the statement of the day will book."""
    return message_type in _OF_THE_DAY


def summary_of(statement: Mapping[str, Any]) -> StatementSummary | None:
    """What a canonical JSON object tells the chain; nothing where it is a report of the day."""
    if is_report_of_the_day(statement["source"]["format"]):
        return None
    control = statement["balance_control"] or {}
    booked = [entry for entry in statement["entries"] if entry["status"] == "BOOK"]
    days = sorted(entry["booking_date"] for entry in booked if entry["booking_date"])
    opening, closing = statement["opening"] or {}, statement["closing"] or {}
    return StatementSummary(
        statement["source"]["file"],
        statement["account"]["id"] or "",
        statement["statement_id"] or "",
        control.get("currency")
        or closing.get("currency")
        or statement["account"]["currency"]
        or "",
        statement["sequence"] or "",
        statement["to"] or closing.get("date") or (days[-1] if days else ""),
        _amount(opening.get("amount")),
        _amount(closing.get("amount")),
        sum((Decimal(entry["amount"]) for entry in booked), Decimal(0)),
        len(booked),
        *((days[0], days[-1]) if days else ("", "")),
    )


def _amount(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def continuity_findings(
    summaries: Iterable[StatementSummary],
) -> Iterator[tuple[StatementSummary, Finding]]:
    """What is odd about the order of statements: duplicates, gaps, and files out of order.

    Statements are ordered by account, day and number; each finding stands with the statement that
    it was met at.
    """
    in_order = sorted(
        summaries, key=_account
    )  # in the order in which they came, account by account
    arrival = {id(statement): place for place, statement in enumerate(in_order)}
    for _, group in groupby(in_order, key=_account):
        once, twice = _without_duplicates(list(group))
        yield from twice
        for before, statement in pairwise(
            sorted(once, key=lambda statement: (statement.day, statement.number))
        ):
            yield from _link(before, statement, late=arrival[id(before)] > arrival[id(statement)])


def _account(statement: StatementSummary) -> tuple[str, str]:
    return statement.account, statement.currency


def _without_duplicates(
    group: Sequence[StatementSummary],
) -> tuple[list[StatementSummary], list[tuple[StatementSummary, Finding]]]:
    seen: dict[tuple[object, ...], StatementSummary] = {}
    twice = []
    for statement in group:
        other = seen.setdefault(statement.content, statement)
        if other is not statement:
            words = f"the same balances and entries as {other.name}; it counts once"
            twice.append((statement, Finding("statement_duplicate", words, statement.name)))
    return [
        statement
        for statement in seen.values()
        if statement.opening is not None or statement.closing is not None
    ], twice


def _link(
    before: StatementSummary, statement: StatementSummary, *, late: bool
) -> Iterator[tuple[StatementSummary, Finding]]:
    if before.closing is None or statement.opening is None:
        return
    if before.closing != statement.opening:
        difference = statement.opening - before.closing
        words = (
            f"{before.name} closes on {before.closing}, this one opens on {statement.opening} "
            f"{statement.currency}: difference {difference}; {_missing(before, statement)}"
        )
        yield statement, Finding("statement_gap", words, statement.name)
    elif late and before.file != statement.file:
        words = f"belongs behind {before.name}, which was given after it; they chain in that order"
        yield statement, Finding("statement_out_of_order", words, statement.name)


def _missing(before: StatementSummary, statement: StatementSummary) -> str:
    first, last = before.number[0] + 1, statement.number[0] - 1
    if before.number[0] and first <= last:
        return (
            f"statement {first} is missing" if first == last else f"{first} to {last} are missing"
        )
    return "a statement between them is missing, or one of them is wrong"
