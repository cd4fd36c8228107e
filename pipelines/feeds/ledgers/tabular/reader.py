"""Postings as a table of anybody's bookkeeping system, read by a ledger profile saved for it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import chain

import polars as pl

from pipelines.feeds.ledgers.tabular.profile import DIRECTION, SIGNED, TABLE, LedgerProfile
from pipelines.feeds.parsing.numbers import OtherMarkError, decimal_text, either_mark_number
from pipelines.feeds.parsing.total_lines import TotalLine, TotalLineCheck, total_line
from pipelines.feeds.parsing.typed_rows import typed
from pipelines.feeds.reading import Finding, Format, Reading, RefusedError, Source
from pipelines.feeds.statements.tabular.layout import HEADING_WITHIN
from pipelines.feeds.statements.tabular.sheet import head_rows, rows_of
from pipelines.feeds.table_profiles import format_by_profiles
from quality.contract import contract

_PART_ROWS = 50_000
_GIVEN = ("account_code", "booking_date")
"""A row that says neither is no posting: a blank, a heading once more, a remark, a total."""


_NAMING = ("account_code", "booking_date", "journal_id", "line_number")
"""What a total line leaves blank, but for its own word."""

_MONEY = ("debit", "credit", SIGNED)


@dataclass(slots=True)
class _Postings:
    """A profile laid over one table's heading, and how many lines each journal has so far."""

    profile: LedgerProfile
    heading: Sequence[str]
    at: Mapping[str, tuple[int, ...]]
    lines: Counter[str] = field(default_factory=Counter)

    def text(self, row: Sequence[str], column: str) -> str:
        """What a row says in a column of the profile, or the constant that stands in for it."""
        at = self.at.get(column, ())
        cells = [row[index].strip() for index in at if index < len(row) and row[index].strip()]
        joined = " ".join(cells) if column == "description" else next(iter(cells), "")
        return joined or self.profile.constants.get(column, "")

    def number(self, row: Sequence[str], column: str) -> str:
        """Plain decimal text of a number in the profile's decimal mark.

        One that can only be meant with the other mark stays as written: its row is rejected.
        """
        text = self.text(row, column)
        try:
            return decimal_text(text, self.profile.decimal_mark)
        except OtherMarkError:
            return text

    def sides(self, row: Sequence[str]) -> tuple[str, str]:
        """Debit and credit, neither negative: a negative debit (a reversal) credits."""
        if SIGNED in self.profile.columns:
            amount = self.number(row, SIGNED)
            word = self.text(row, DIRECTION).casefold()
            if word and word not in self.profile.debit_words:
                amount = amount.removeprefix("-") if amount.startswith("-") else f"-{amount}"
            debit, credit = amount, ""
        else:
            debit, credit = self.number(row, "debit"), self.number(row, "credit")
        if debit.startswith("-") and not credit.strip("0."):
            debit, credit = "", debit[1:]
        elif credit.startswith("-") and not debit.strip("0."):
            debit, credit = credit[1:], ""
        return debit or "0", credit or "0"

    def total_line(self, row: Sequence[str], number: int) -> TotalLine | None:
        """The row as a total line of the table, its numbers plain; it names no journal or day."""
        if sum(bool(self.text(row, name)) for name in _NAMING) > 1:
            return None
        names = self._money()
        titles = [
            names.get(at, title or f"column {at + 1}") for at, title in enumerate(self.heading)
        ]
        line = total_line(dict(zip(titles, row, strict=False)), number)
        if line is None:
            return None
        plain = {name: self.number(row, name) for name in names.values() if name in line.cells}
        return replace(line, cells={**line.cells, **plain})

    def add_up(self, row: Sequence[str], totals: TotalLineCheck) -> None:
        """Take the amounts of a posting, as the row writes them, to hold total lines against."""
        currency = self.text(row, "currency").upper()
        amounts: dict[tuple[str, str], Decimal] = {}
        for name in self._money().values():
            text = self.number(row, name)
            amount = either_mark_number(text) if text else Decimal(0)
            if amount is None:
                totals.leave_out(name)
            amounts[name, currency] = amount or Decimal(0)
        totals.add(amounts)

    def _money(self) -> dict[int, str]:
        return {self.at[name][0]: name for name in _MONEY if self.at.get(name)}

    def record(self, row: Sequence[str], number: int) -> dict[str, str | int | None]:
        """A row of text in the columns of the contract."""
        fields: dict[str, str | int | None] = {
            name: self.text(row, name) or None for name in contract(TABLE).schema
        }
        debit, credit = self.sides(row)
        journal = str(fields["journal_id"] or "")
        self.lines[journal] += 1
        return fields | {
            "book": fields["book"] or "general",
            "line_number": fields["line_number"] or str(self.lines[journal]),
            "booking_date": self.profile.day(self.text(row, "booking_date")),
            "value_date": self.profile.day(self.text(row, "value_date")),
            "debit": debit,
            "credit": credit,
            "currency": str(fields["currency"] or "").upper() or None,
            "balance_after": self.number(row, "balance_after") or None,
            "source_row": number,
        }


def read_ledger_table(source: Source, known: Sequence[LedgerProfile]) -> Iterator[Reading]:
    """Read a table of postings by the profile that fits it, some rows at a time.

    Raises:
        RefusedError: no profile fits, or no row holds a posting.
    """
    rows = rows_of(source)
    first = [row for _, row in zip(range(HEADING_WITHIN), rows, strict=False)]
    fitting = _fitting([row for _, row in first], known)
    if fitting is None:
        raise RefusedError(f"No ledger profile fits {source.name}", advice="countinghouse init")
    index, profile = fitting
    heading = first[index][1]
    postings = _Postings(profile, heading, profile.positions(heading))
    waiting: list[dict[str, str | int | None]] = []
    findings: list[Finding] = _not_read(postings)
    read = 0
    totals = TotalLineCheck("row")
    for number, row in chain(first[index + 1 :], rows):
        if (line := postings.total_line(row, number)) is not None:
            totals.meet(line)
            continue
        if list(row) == list(postings.heading) or not any(
            postings.text(row, name) for name in _GIVEN
        ):
            findings += _no_posting(row, number)
            continue
        waiting.append(postings.record(row, number))
        postings.add_up(row, totals)
        read += 1
        if len(waiting) == _PART_ROWS:
            yield _reading(profile, waiting, findings)
            waiting, findings = [], []
    if not read:
        raise RefusedError(f"{source.name} holds no posting", advice="Ask the sender for it again")
    yield replace(_reading(profile, waiting, findings), totals=tuple(totals.totals()))


def _reading(
    profile: LedgerProfile, rows: list[dict[str, str | int | None]], findings: list[Finding]
) -> Reading:
    table = contract(TABLE)
    schema = {name: pl.String() for name in table.schema} | {"source_row": pl.Int64()}
    postings, rejected = typed(table, pl.DataFrame(rows, schema=schema))
    return Reading(
        format="ledger table",
        version=profile.name,
        tables={TABLE: postings},
        rejected=rejected,
        findings=tuple(findings),
    )


def _no_posting(row: Sequence[str], number: int) -> list[Finding]:
    text = " ".join(cell for cell in row if cell)[:500]
    place = f"row {number}"
    return (
        [Finding("row_without_posting", f"no posting, passed over: {text}", place)] if text else []
    )


def _not_read(postings: _Postings) -> list[Finding]:
    asked = {index for where in postings.at.values() for index in where}
    names = [name for index, name in enumerate(postings.heading) if name and index not in asked]
    text = f"no column of the profile: {', '.join(names)}"
    return [Finding("unknown_column", text, "the heading")] if names else []


def _fitting(
    rows: Sequence[Sequence[str]], known: Sequence[LedgerProfile]
) -> tuple[int, LedgerProfile] | None:
    return next(
        (
            (index, profile)
            for index, row in enumerate(rows[:HEADING_WITHIN])
            for profile in known
            if profile.fits(row)
        ),
        None,
    )


def _recognises(head: bytes, _name: str, known: Sequence[LedgerProfile]) -> bool:
    return _fitting(head_rows(head), known) is not None


def ledger_tables(saved: Sequence[LedgerProfile]) -> tuple[Format, ...]:
    """The format of tables of postings; there is none until a profile is saved."""
    if not saved:
        return ()
    return (format_by_profiles("ledger_table", "ledger", saved, _recognises, read_ledger_table),)
