"""A column profile laid over the heading of one table: what a row says, as an entry."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.feeds.parsing.numbers import decimal_text
from pipelines.feeds.statements.model import EntryLine, is_iban
from pipelines.feeds.statements.tabular.fees import less_fee
from pipelines.feeds.statements.tabular.profile import StatementProfile

HEADING_WITHIN = 25
"""Rows at the top among which the heading must be; banks write a preamble above it."""

_PLAIN = (
    *("entry_reference", "bank_reference", "end_to_end_id", "mandate_id", "counterparty_name"),
    *("counterparty_account", "counterparty_agent", "bank_transaction_code"),
    "additional_information",
)
_FIGURES = (
    *("account_id", "account_currency", "booking_date", "value_date", "amount", "fee", "debit"),
    *("credit", "direction", "currency", "balance"),
)
"""Columns of a profile that say no words."""


_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")


@dataclass(frozen=True, slots=True)
class TableLayout:
    """A profile laid over the heading of one table."""

    profile: StatementProfile
    heading: Sequence[str]
    at: Mapping[str, tuple[int, ...]]
    account: str | None = None

    def text(self, row: Sequence[str], column: str) -> str:
        """What a row says in a column; several headings joined by a blank."""
        cells = (row[index].strip() for index in self.at.get(column, ()) if index < len(row))
        filled = [cell for cell in cells if cell]
        return " ".join(filled) if column == "remittance" else next(iter(filled), "")

    def movement(self, row: Sequence[str]) -> str:
        """Signed decimal text of what the row moved: its amount, less the fee beside it if any."""
        fee = self.number(self.text(row, "fee"))
        return less_fee(self.amount(row), fee) if fee else self.amount(row)

    def amount(self, row: Sequence[str]) -> str:
        """Signed decimal text, from one column, from two, or from an amount and a direction."""
        if "amount" not in self.at:
            out, into = self.number(self.text(row, "debit")), self.number(self.text(row, "credit"))
            return into if into.strip("0.") else f"-{out.lstrip('-')}"
        amount = self.number(self.text(row, "amount"))
        debit = self.text(row, "direction").casefold() in self.profile.debit_words
        if self.profile.sign_by_direction and self.text(row, "direction"):
            amount = amount.lstrip("-")
        return f"-{amount.lstrip('-')}" if debit else amount

    def number(self, text: str) -> str:
        """Decimal text from a number with the profile's decimal mark.

        Raises:
            OtherMarkError: the number can only be meant with the other mark.
        """
        return decimal_text(text, self.profile.decimal_mark)

    def is_booked(self, row: Sequence[str]) -> bool:
        """Whether the row's status is one of a booked movement; without a status every row is."""
        stated = self.text(row, "status").casefold()
        return not stated or not self.profile.booked_words or stated in self.profile.booked_words

    def is_undated(self, row: Sequence[str]) -> bool:
        """Whether a row names no day."""
        return not (self.text(row, "booking_date") or self.text(row, "value_date"))

    def words(self, row: Sequence[str]) -> list[str]:
        """The row's cells that are no account, day, number, mark or currency of the profile's."""
        figures = [index for name in _FIGURES for index in self.at.get(name, ())]
        return [cell for index, cell in enumerate(row) if cell and index not in figures]

    def rest(self, row: Sequence[str]) -> str | None:
        """The cells that the profile does not ask for, as JSON."""
        asked = {index for positions in self.at.values() for index in positions}
        kept = {
            name: cell
            for index, (name, cell) in enumerate(zip(self.heading, row, strict=False))
            if index not in asked and cell
        }
        return json.dumps(kept, ensure_ascii=False) if kept else None

    def entry(self, row: Sequence[str], number: int) -> EntryLine:
        """The row as an entry; `number` is its place in the table."""
        amount = self.movement(row)
        out = amount.startswith("-")
        texts: dict[str, Any] = {name: self.text(row, name) or None for name in _PLAIN}
        other = self.text(row, "payee_name" if out else "payer_name") or None
        value_date = self.profile.day(self.text(row, "value_date"))
        texts["counterparty_name"] = texts["counterparty_name"] or other
        line = EntryLine(
            amount=amount,
            currency=(self.text(row, "currency") or self.profile.currency or "").upper() or None,
            credit_debit="DBIT" if out else "CRDT",
            booking_date=self.profile.day(self.text(row, "booking_date")) or value_date,
            value_date=value_date,
            status="BOOK" if self.is_booked(row) else "PDNG",
            charges=self.number(self.text(row, "fee")) or None,
            remittance=self.text(row, "remittance") or None,
            remainder=self.rest(row),
            row=number,
            place=f"row {number}",
        )
        return line._replace(**texts)


def layout_of(
    rows: Sequence[Sequence[str]], known: Sequence[StatementProfile]
) -> tuple[int, TableLayout] | None:
    """The first row that one of the known profiles takes for its heading, with it laid over."""
    for index, row in enumerate(rows[:HEADING_WITHIN]):
        for profile in known:
            if profile.fits(row):
                account = profile.account or _account_above(rows[:index])
                return index, TableLayout(profile, row, profile.positions(row), account)
    return None


def _account_above(rows: Sequence[Sequence[str]]) -> str | None:
    """The IBAN that a preamble names, where it names one."""
    written = {match[0] for row in rows for cell in row for match in _IBAN.finditer(cell)}
    ibans = {"".join(text.split()) for text in written}
    sound = {iban for iban in ibans if is_iban(iban)} or ibans
    return sound.pop() if len(sound) == 1 else None
