"""Statements as tables: CSV and Excel downloads, read by a column profile.

A table that no profile fits is refused with a profile proposed for it.
"""

import json
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import islice
from typing import Any

from pipelines.feeds.reading import Format, Reading, RefusedError, Source
from pipelines.feeds.statement import (
    PLAIN_AMOUNT,
    BalanceLine,
    EntryLine,
    StatementHead,
    account_identity,
)
from pipelines.feeds.statement_guess import guess, proposal
from pipelines.feeds.statement_parts import StatementCollector
from pipelines.feeds.statement_profile import Profile, profiles
from pipelines.feeds.statement_table import MOST_ROWS, Row, is_workbook, rows_of, text_rows
from pipelines.feeds.tabular import nearest

_HEADING_WITHIN = 15
_LACKING = 2
"""Required columns that a table of ours may lack and still be taken for one that was misnamed."""

_PLAIN = (
    *("entry_reference", "bank_reference", "end_to_end_id", "mandate_id", "counterparty_name"),
    *("counterparty_account", "counterparty_agent", "bank_transaction_code"),
    "additional_information",
)


_GROUPED = {
    ".": re.compile(r"-?(\d+|\d{1,3}(,\d{3})+)?(\.\d+)?-?$"),
    ",": re.compile(r"-?(\d+|\d{1,3}(\.\d{3})+)?(,\d+)?-?$"),
}
"""Numbers that a decimal mark can be meant by."""


class OtherMarkError(ValueError):
    """A number is written with the other decimal mark than the profile's."""


@dataclass(slots=True)
class Account:
    """One account's movements of the table, with the balance after each where it is given."""

    currency: str | None = None
    servicer: str | None = None
    entries: list[EntryLine] = field(default_factory=list)
    after: list[str | None] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Layout:
    """A profile laid over the heading of one table."""

    profile: Profile
    heading: Sequence[str]
    at: Mapping[str, tuple[int, ...]]

    def text(self, row: Sequence[str], column: str) -> str:
        """What a row says in a column; several headings joined by a blank."""
        cells = (row[index].strip() for index in self.at.get(column, ()) if index < len(row))
        said = [cell for cell in cells if cell]
        return " ".join(said) if column == "remittance" else next(iter(said), "")

    def amount(self, row: Sequence[str]) -> str:
        """Signed decimal text, from one column, from two, or from an amount and a direction."""
        if "amount" not in self.at:
            out, into = self.number(self.text(row, "debit")), self.number(self.text(row, "credit"))
            return into if into.strip("0.") else f"-{out.lstrip('-')}"
        amount = self.number(self.text(row, "amount"))
        debit = self.text(row, "direction").casefold() in self.profile.debit_words
        return f"-{amount.lstrip('-')}" if debit else amount

    def number(self, text: str) -> str:
        """Decimal text from a number with the profile's decimal mark.

        Raises:
            OtherMarkError: the number can only be meant with the other mark.
        """
        plain = "".join(text.replace("'", "").split()).removeprefix("+")
        mark = self.profile.decimal_mark
        other = "," if mark == "." else "."
        if other in plain and not _GROUPED[mark].match(plain) and _GROUPED[other].match(plain):
            raise OtherMarkError(text)
        plain = plain.replace(other, "").replace(self.profile.decimal_mark, ".")
        return f"-{plain[:-1]}" if plain.endswith("-") else plain

    def rest(self, row: Sequence[str]) -> str | None:
        """The cells that the profile does not ask for, as JSON."""
        asked = {index for positions in self.at.values() for index in positions}
        kept = {
            name: cell
            for index, (name, cell) in enumerate(zip(self.heading, row, strict=False))
            if index not in asked and cell
        }
        return json.dumps(kept, ensure_ascii=False) if kept else None


def layout_of(rows: Sequence[Sequence[str]]) -> tuple[int, Layout] | None:
    """The first row that some profile takes for its heading, with that profile laid over it."""
    for index, row in enumerate(rows[:_HEADING_WITHIN]):
        for profile in profiles():
            if profile.fits(row):
                return index, Layout(profile, row, profile.positions(row))
    return None


def _entry(layout: Layout, row: Sequence[str], number: int, currency: str | None) -> EntryLine:
    amount = layout.amount(row)
    said: dict[str, Any] = {name: layout.text(row, name) or None for name in _PLAIN}
    line = EntryLine(
        amount=amount,
        currency=(layout.text(row, "currency") or currency or "").upper() or None,
        credit_debit="DBIT" if amount.startswith("-") else "CRDT",
        booking_date=layout.profile.day(layout.text(row, "booking_date")),
        value_date=layout.profile.day(layout.text(row, "value_date")),
        remittance=layout.text(row, "remittance") or None,
        remainder=layout.rest(row),
        row=number,
        place=f"row {number}",
    )
    return line._replace(**said)


def _accounts(layout: Layout, rows: Iterator[Row]) -> dict[str, Account]:
    accounts: dict[str, Account] = {}
    for count, (number, row) in enumerate(rows):
        if not any(row):
            continue
        if count > MOST_ROWS:
            raise RefusedError(f"The table has more than {MOST_ROWS:,} rows", advice="Split it")
        name = layout.text(row, "account_id") or layout.profile.account or ""
        account = accounts.setdefault(name, Account())
        account.servicer = layout.text(row, "servicer") or account.servicer
        entry = _entry(layout, row, number, layout.profile.currency)
        account.currency = (
            layout.text(row, "account_currency") or account.currency or entry.currency
        )
        account.entries.append(entry)
        account.after.append(layout.number(layout.text(row, "balance")) or None)
    return accounts


def _balances(account: Account) -> list[BalanceLine]:
    """Opening and closing from the running balance, whichever way the rows are ordered."""
    if not account.entries or None in account.after:
        return []
    texts = [*(entry.amount for entry in account.entries), *(text or "" for text in account.after)]
    if not all(PLAIN_AMOUNT.fullmatch(text) for text in texts):
        return []
    amounts = [Decimal(text) for text in texts]
    moved, after = amounts[: len(account.entries)], amounts[len(account.entries) :]
    upwards = sum(a + m == b for a, m, b in zip(after, moved[1:], after[1:], strict=False))
    downwards = sum(b + m == a for a, m, b in zip(after, moved, after[1:], strict=False))
    days = [entry.booking_date or "" for entry in account.entries]
    newest_first = downwards > upwards or (downwards == upwards and days[0] > days[-1])
    first, last = (-1, 0) if newest_first else (0, -1)
    opening, closing = after[first] - moved[first], after[last]
    ends = (("OPBD", opening, first), ("CLBD", closing, last))
    return [
        BalanceLine(
            kind,
            f"{amount:f}",
            account.currency,
            account.entries[at].booking_date,
            account.entries[at].row,
            account.entries[at].place,
        )
        for kind, amount, at in ends
    ]


def read_statement_table(source: Source) -> Iterator[Reading]:
    """Read a table of movements: one statement for each account in it.

    Raises:
        RefusedError: no profile fits (with a proposal), no account, no row, or too many.
    """
    rows = rows_of(source)
    first = [row for _, row in zip(range(_HEADING_WITHIN), rows, strict=False)]
    found = layout_of([row for _, row in first])
    if found is None:
        raise _no_profile([row for _, row in first], source.name)
    index, layout = found
    collector = StatementCollector("CSV", layout.profile.name, layout.profile.name)
    try:
        everything = (row for part in (first[index + 1 :], rows) for row in part)
        accounts = _accounts(layout, everything)
    except OtherMarkError as odd:
        accounts = _with_other_mark(source, index, layout, str(odd))
        words = "the numbers have the other decimal mark than the profile says; read with theirs"
        collector.find("decimal_mark", f"{words} ('{odd}')")
    for name, account in accounts.items():
        yield from _statement(collector, name, account)
    collector.require_content()
    yield collector.part()


def _with_other_mark(
    source: Source, heading: int, layout: Layout, number: str
) -> dict[str, Account]:
    mark = "." if layout.profile.decimal_mark == "," else ","
    turned = replace(layout, profile=replace(layout.profile, decimal_mark=mark))
    try:
        return _accounts(turned, islice(rows_of(source), heading + 1, None))
    except OtherMarkError as other:
        raise RefusedError(
            f"The numbers '{number}' and '{other}' have different decimal marks",
            advice="Ask the bank for the table in one format",
        ) from None


def _statement(collector: StatementCollector, name: str, account: Account) -> Iterator[Reading]:
    row = account.entries[0].row
    if not name:
        raise RefusedError(
            "A movement names no account", place=f"row {row}", advice="State it in the profile"
        )
    identity, scheme = account_identity(name)
    days = sorted(entry.booking_date or "" for entry in account.entries)
    collector.begin(
        StatementHead(
            "CSV",
            f"{days[0]}/{days[-1]}",
            identity,
            scheme,
            account.currency,
            account.servicer,
            from_date=days[0],
            to_date=days[-1],
            row=row,
            place=f"row {row}",
        )
    )
    for line in _balances(account):
        collector.balance(line)
    for entry in account.entries:
        collector.entry(entry)
        if collector.is_full:
            yield collector.part()
    collector.end()


def _no_profile(rows: Sequence[Sequence[str]], name: str) -> RefusedError:
    proposed = proposal(rows, name)
    if proposed is None:
        return RefusedError(
            f"{name} is a table without a heading for dates and amounts",
            advice="Write a column profile for it in pipelines/feeds/profiles/statements",
        )
    return RefusedError(
        f"No column profile fits the table {name}",
        advice=f"Look this through and save it in pipelines/feeds/profiles/statements:\n{proposed}",
    )


def recognises_statement_table(head: bytes, _name: str) -> bool:
    """Whether a file is a table that some profile fits, or one that shows movements."""
    if is_workbook(head):
        return True
    if head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        head = head.decode("utf-16", "ignore").encode()
    if b"\x00" in head or head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"{", b"[")):
        return False
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = head.decode("cp1252", "replace")
    lines = text.splitlines()
    rows = text_rows(lines[:30] if len(lines) <= 30 else lines[:29])
    if layout_of(rows) is not None:
        return True
    near = nearest(head)
    return (near is None or len(near[1]) > _LACKING) and guess(rows) is not None


STATEMENT_CSV = Format(
    "statement_csv", "statements", recognises_statement_table, read_statement_table
)
FORMATS = (STATEMENT_CSV,)
