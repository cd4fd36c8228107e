"""Statements as JSON objects, one per statement: what `countinghouse read --json` prints."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pipelines.feeds.reading import Finding, Reading, Source
from pipelines.feeds.statements.balance_control import opening_and_closing
from pipelines.feeds.statements.model import (
    BalanceLine,
    BalanceVerdict,
    StatementHead,
    StatementReading,
)

_CENT = Decimal("0.01")
_ON_LINE = re.compile(r"line (\d{1,15})\b")
_DETAIL = ("end_to_end_id", "instruction_id", "transaction_id", "uetr", "message_id")
_PARTY = ("counterparty_name", "counterparty_account", "counterparty_agent")


def money(amount: Decimal | None) -> str | None:
    """Signed decimal text: two decimals, three where the third is needed."""
    if amount is None:
        return None
    cents = amount.quantize(_CENT)
    return f"{cents if cents == amount else amount:f}"


def _day(value: Any) -> str | None:
    return value.isoformat() if value is not None else None


@dataclass(slots=True)
class _Statement:
    """A statement while its parts come in."""

    head: StatementHead
    source: Mapping[str, str]
    entries: list[dict[str, Any]] = field(default_factory=list)
    balances: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, str]] = field(default_factory=list)
    verdict: BalanceVerdict | None = None
    last_entry: int = -1


def statement_objects(source: Source, readings: Iterable[Reading]) -> Iterator[dict[str, Any]]:
    """One JSON object per statement, in the order of the file, each when it is complete.

    Findings that belong to no statement alone stand with the first one of their part.
    """
    pending: dict[tuple[str | None, str | None], _Statement] = {}
    for reading in readings:
        if not isinstance(reading, StatementReading):
            raise TypeError(f"{reading.format} is not a statement format")
        described = {"file": source.name, "format": reading.format, "version": reading.version}
        for head in reading.heads:
            known = pending.setdefault(_key(head), _Statement(head, described))
            known.head, known.source = head, described
        _take_rows(pending, reading)
        _take_findings(pending, reading)
        for verdict in reading.verdicts:
            done = pending.pop((verdict.account_id, verdict.statement_id))
            done.verdict = verdict
            yield _object(done)
    for left in pending.values():
        yield _object(left)


def _key(head: StatementHead) -> tuple[str | None, str | None]:
    return head.account_id, head.statement_id


def _take_rows(
    pending: dict[tuple[str | None, str | None], _Statement], reading: StatementReading
) -> None:
    for row in reading.tables["statement_balances"].iter_rows(named=True):
        pending[row["account_id"], row["statement_id"]].balances.append(row)
    for row in reading.tables["statement_entries"].iter_rows(named=True):
        statement = pending[row["account_id"], row["statement_id"]]
        if row["entry_index"] != statement.last_entry:
            statement.last_entry = row["entry_index"]
            statement.entries.append(_entry(row))
        if row["batch_size"] > 1:
            statement.entries[-1]["details"].append(_detail(row))


def _take_findings(
    pending: dict[tuple[str | None, str | None], _Statement], reading: StatementReading
) -> None:
    if not pending:
        return
    rejected = [
        Finding("row_rejected", row["reason"], row["source_path"])
        for row in reading.rejected.iter_rows(named=True)
    ]
    for finding in (*reading.findings, *rejected):
        owner = _owner(pending, finding)
        item = {"code": finding.code, "message": finding.message, "place": finding.place}
        owner.findings.append(item)


def _owner(
    pending: dict[tuple[str | None, str | None], _Statement], finding: Finding
) -> _Statement:
    """The statement whose place a finding's place lies within or behind."""
    statements = list(pending.values())
    row = _line(finding.place)
    owner = statements[0]
    for statement in statements:
        place = statement.head.place
        inside = place and not place.startswith("line ") and finding.place.startswith(place)
        behind = row is not None and place.startswith("line ") and statement.head.row <= row
        if inside or behind:
            owner = statement
    return owner


def _line(place: str) -> int | None:
    match = _ON_LINE.match(place)
    return int(match[1]) if match else None


def _entry(row: Mapping[str, Any]) -> dict[str, Any]:
    single = row["batch_size"] == 1
    own = {} if single or not row["remainder"] else json.loads(row["remainder"])
    return {
        "amount": money(row["entry_amount"]),
        "currency": row["currency"],
        "booking_date": _day(row["booking_date"]),
        "value_date": _day(row["value_date"]),
        "reference": row["entry_reference"],
        "bank_reference": own.get("entry_reference", row["bank_reference"]),
        "end_to_end_id": row["end_to_end_id"] if single else None,
        "counterparty_name": row["counterparty_name"] if single else None,
        "counterparty_account": row["counterparty_account"] if single else None,
        "bank_transaction_code": row["bank_transaction_code"],
        "remittance": row["remittance"] if single else None,
        "reversal": row["reversal"],
        "status": row["status"],
        "credit_debit": row["credit_debit"],
        **(_more(row) if single else {}),
        "additional_information": own.get("entry_information", row["additional_information"]),
        "details": _kept_details(row) if single else [],
        "place": row["source_path"],
    }


def _more(row: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: row[name] for name in (*_DETAIL[1:], "payment_information_id", "mandate_id")}
    rate = row["exchange_rate"]
    return {
        **values,
        "counterparty_agent": row["counterparty_agent"],
        "purpose": row["purpose"],
        "return_reason": row["return_reason"],
        "charges": money(row["charges"]),
        "instructed_amount": money(row["instructed_amount"]),
        "instructed_currency": row["instructed_currency"],
        "exchange_rate": f"{rate.normalize():f}" if rate is not None else None,
        "remainder": json.loads(row["remainder"]) if row["remainder"] else None,
    }


def _kept_details(row: Mapping[str, Any]) -> list[Any]:
    """Details that do not add up to their entry, as the reader kept them beside it."""
    kept = json.loads(row["remainder"]).get("details", []) if row["remainder"] else []
    return list(kept)


def _detail(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "amount": money(row["amount"]),
        "currency": row["currency"],
        "bank_reference": row["bank_reference"],
        **{name: row[name] for name in (*_DETAIL, *_PARTY)},
        "remittance": row["remittance"],
        **_more(row),
    }


def _object(statement: _Statement) -> dict[str, Any]:
    head = statement.head
    lines = [
        BalanceLine(
            row["balance_type"], str(row["amount"]), row["currency"], _day(row["balance_date"])
        )
        for row in statement.balances
    ]
    opening, closing = opening_and_closing(head.message_type, lines)
    return {
        "source": dict(statement.source),
        "account": {
            "id": head.account_id,
            "scheme": head.account_scheme,
            "currency": head.account_currency,
            "servicer": head.servicer,
        },
        "statement_id": head.stated_id or head.statement_id,
        "sequence": head.sequence,
        "from": _head_day(head.from_date),
        "to": _head_day(head.to_date),
        "opening": _balance(opening),
        "closing": _balance(closing),
        "balances": [_balance(line) for line in lines],
        "balance_control": _control(statement.verdict),
        "entries": statement.entries,
        "findings": statement.findings,
    }


def _head_day(text: str | None) -> str | None:
    return text[:10] if text else None


def _balance(line: BalanceLine | None) -> dict[str, str | None] | None:
    if line is None:
        return None
    return {
        "amount": money(Decimal(line.amount)),
        "currency": line.currency,
        "date": line.balance_date,
        "type": line.balance_type,
    }


def _control(verdict: BalanceVerdict | None) -> dict[str, str | None] | None:
    if verdict is None:
        return None
    parts = ("opening", "movements", "closing", "difference")
    amounts = {name: getattr(verdict, name) for name in parts}
    return {
        "outcome": verdict.outcome,
        "currency": verdict.currency,
        **{name: money(Decimal(text)) if text else None for name, text in amounts.items()},
    }
