"""MT900 and MT910: the bank confirms one debit or credit, ahead of the statement that books it."""

import re
from collections.abc import Sequence

from pipelines.feeds.reading import RefusedError
from pipelines.feeds.statements.model import (
    EntryLine,
    StatementHead,
    account_identity,
    remainder_text,
)
from pipelines.feeds.statements.mt940.dates import plain_day
from pipelines.feeds.statements.mt940.fields import TagField
from pipelines.feeds.statements.mt940.lines import plain_amount

KINDS = {"MT900": "DBIT", "MT910": "CRDT"}
"""Messages that confirm one movement, and which way it goes."""

_TAG = re.compile(r":(\d{2}[A-Z]?):(.*)")
_AMOUNT = re.compile(r"(\d{6})([A-Z]{3})([\d.,]+)$")
_NAMED = {"20", "21", "25", "25P", "32A", "13D"}


def confirmation(fields: Sequence[TagField], kind: str) -> tuple[StatementHead, EntryLine]:
    """The movement that a message confirms, and the head that it stands under.

    Raises:
        RefusedError: no amount (`:32A:`) or no account (`:25:`).
    """
    row = fields[0].row
    fields_by_name = _cut(fields)
    match = _AMOUNT.match("".join(fields_by_name.get("32A", [])).strip())
    number = (
        "".join(fields_by_name.get("25") or fields_by_name.get("25P") or []).strip().lstrip("/")
    )
    if match is None or not number:
        lacking = ":25: (the account)" if match else ":32A: (day, currency and amount)"
        raise RefusedError(
            f"The {kind} has no {lacking} that can be read",
            place=f"line {row}",
            advice="Ask the bank for the message again",
        )
    day, currency, amount = match.groups()
    value_date, side = plain_day(day), KINDS[kind]
    identity, scheme = account_identity(number)
    reference = "".join(fields_by_name.get("20", [])).strip()
    name, account = _party(
        fields_by_name.get("50K") or fields_by_name.get("50F") or fields_by_name.get("50A") or []
    )
    rest = {
        f":{tag}:": " ".join(lines).strip()
        for tag, lines in fields_by_name.items()
        if tag not in _NAMED
    }
    head = StatementHead(
        message_type=kind,
        statement_id=reference or None,
        account_id=identity,
        account_scheme=scheme,
        account_currency=currency,
        from_date=value_date,
        to_date=value_date,
        row=row,
        place=f"line {row}",
    )
    plain = plain_amount(amount)
    entry = EntryLine(
        amount=f"-{plain}" if side == "DBIT" else plain,
        currency=currency,
        credit_debit=side,
        booking_date=value_date,
        value_date=value_date,
        entry_reference="".join(fields_by_name.get("21", [])).strip() or None,
        bank_reference=reference or None,
        counterparty_name=name,
        counterparty_account=account,
        remittance=" ".join(fields_by_name.get("72", [])).strip() or None,
        remainder=remainder_text(rest),
        row=row,
        place=f"line {row}",
    )
    return head, entry


def _cut(fields: Sequence[TagField]) -> dict[str, list[str]]:
    """The lines by tag: tags that no statement has stand within the field before them."""
    fields_by_name: dict[str, list[str]] = {}
    for field in fields:
        tag = field.tag
        fields_by_name.setdefault(tag, [])
        for line in field.lines:
            match = _TAG.match(line)
            if match:
                tag, line = match.groups()  # noqa: PLW2901 - the line goes on behind its tag
            fields_by_name.setdefault(tag, []).append(line)
    return fields_by_name


def _party(lines: Sequence[str]) -> tuple[str | None, str | None]:
    """Name and account of an ordering customer: the account stands first, behind a slash."""
    account = lines[0].lstrip("/").strip() if lines and lines[0].startswith("/") else None
    names = lines[1:] if account else lines
    name = re.sub(r"^\d/", "", names[0]).strip() if names else None
    return name or None, account
