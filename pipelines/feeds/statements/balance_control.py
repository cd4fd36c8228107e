"""The proof of a statement: opening balance + booked entries = closing balance.

Anonymised and mistaken statements fail it. That is something to say, never a reason not to read.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from pipelines.feeds.reading import Finding
from pipelines.feeds.statements.model import BalanceLine, BalanceVerdict, StatementHead

_WHOLE_STATEMENTS = ("camt.053", "MT940", "MT950", "BAI2", "OFX", "CSV")


def opening_and_closing(
    message_type: str, balances: Sequence[BalanceLine]
) -> tuple[BalanceLine | None, BalanceLine | None]:
    """The two balances that a statement is proved by.

    Opening is OPBD, else PRCD, else the interim balance that a page begins with; closing is the
    last CLBD, else the interim balance that a page ends with. Reports of the day (camt.052, .054,
    MT942) are not held to interim balances, which need not enclose their entries.
    """
    opening = _first(balances, "OPBD") or _first(balances, "PRCD")
    closing = _last(balances, "CLBD")
    if message_type in _WHOLE_STATEMENTS:
        interim = [line for line in balances if line.balance_type == "ITBD"]
        if opening is None and interim and (closing or len(interim) > 1):
            opening, interim = interim[0], interim[1:]
        if closing is None and interim:
            closing = interim[-1]
    return opening, closing


def _first(balances: Sequence[BalanceLine], kind: str) -> BalanceLine | None:
    return next((line for line in balances if line.balance_type == kind), None)


def _last(balances: Sequence[BalanceLine], kind: str) -> BalanceLine | None:
    of_kind = [line for line in balances if line.balance_type == kind]
    return max(of_kind, key=lambda line: line.balance_date or "") if of_kind else None


def prove(
    head: StatementHead,
    balances: Sequence[BalanceLine],
    booked: Mapping[str, Decimal],
) -> tuple[BalanceVerdict, list[Finding]]:
    """Hold the stated balances against `booked`, the sum of booked entries by currency."""
    opening, closing = opening_and_closing(head.message_type, balances)
    if opening is None or closing is None:
        return BalanceVerdict(head.account_id, head.statement_id, "not_stated"), []
    currency = closing.currency or opening.currency
    movements = booked.get(currency or "", Decimal(0))
    findings = _odd_currencies(head, opening, closing, booked)
    comparable = opening.currency == closing.currency or not (opening.currency and closing.currency)
    expected = Decimal(opening.amount) + movements
    difference = Decimal(closing.amount) - expected
    holds = comparable and difference == 0
    if comparable and not holds:
        findings.append(
            Finding(
                "balance_differs",
                f"opening {_plain(opening.amount)} + booked {_plain(movements)} = "
                f"{_plain(expected)}, but the bank states a closing balance of "
                f"{_plain(closing.amount)} {currency or ''}: difference {_plain(difference)}",
                closing.place or head.place,
            )
        )
    verdict = BalanceVerdict(
        head.account_id,
        head.statement_id,
        "holds" if holds else "differs",
        currency,
        _plain(opening.amount),
        _plain(movements),
        _plain(closing.amount),
        _plain(difference) if comparable else None,
    )
    return verdict, findings


def _odd_currencies(
    head: StatementHead,
    opening: BalanceLine,
    closing: BalanceLine,
    booked: Mapping[str, Decimal],
) -> list[Finding]:
    findings = []
    if opening.currency and closing.currency and opening.currency != closing.currency:
        findings.append(
            Finding(
                "balance_currencies_differ",
                f"the opening balance is in {opening.currency}, the closing in {closing.currency}: "
                "they cannot be held against each other",
                closing.place or head.place,
            )
        )
    others = sorted(set(booked) - {opening.currency, closing.currency, ""})
    if others:
        findings.append(
            Finding(
                "entries_in_other_currency",
                f"entries in {', '.join(others)} are not part of a balance in {closing.currency}",
                head.place,
            )
        )
    return findings


def _plain(amount: Decimal | str) -> str:
    return f"{Decimal(amount):f}"
