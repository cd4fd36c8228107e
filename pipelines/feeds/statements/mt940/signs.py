"""Amounts with a sign of their own behind the mark (`D-104,12`): what the balances make of them.

Some banks turn a movement round by a minus, others repeat by it what the mark says. Only opening
and closing balance tell, and the closing balance stands at the end, so that it is looked up first.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from pipelines.feeds.parsing.text import numbered_lines
from pipelines.feeds.reading import Source
from pipelines.feeds.statements.mt940.fields import TagField, fields_of
from pipelines.feeds.statements.mt940.lines import Movement, balance, movement

_SIGNED = re.compile(rb":61:\d{6}(?:\d{4}| {4})? ?[RrEe]?[CDcd][A-Z]?-")
_CHUNK, _OVERLAP = 1 << 20, 64


@dataclass(slots=True)
class _Sums:
    """One statement: its two balances, and its movements without and with a minus of their own."""

    opening: Decimal | None = None
    closing: Decimal | None = None
    plain: Decimal = Decimal(0)
    with_minus: Decimal = Decimal(0)

    @property
    def minus_repeats(self) -> bool | None:
        """Whether the minus only repeats the mark; None where the balances do not tell."""
        if self.opening is None or self.closing is None:
            return None
        left = self.closing - self.opening - self.plain
        if self.with_minus == 0 or left not in (self.with_minus, -self.with_minus):
            return None
        return left != self.with_minus


def minus_repeats_mark(source: Source) -> dict[int, bool | None]:
    """What the balances of each statement with such amounts tell, by the line it begins on."""
    if not _any_signed(source):
        return {}
    sums_by_row: dict[int, _Sums] = {}
    current: _Sums | None = None
    for field in fields_of(numbered_lines(source)):
        if field.tag == "20" or (current is None and field.tag != "type"):
            current = sums_by_row[field.row] = _Sums()
        if current is not None:
            _take(field, current)
    return {row: sums.minus_repeats for row, sums in sums_by_row.items() if sums.with_minus}


def signed_by_balances(read: Movement, *, repeats: bool | None) -> tuple[Movement, str]:
    """A movement whose amount has a minus, as the balances tell, and what was done in words."""
    if repeats:
        amount = read.amount.removeprefix("-") if read.amount.startswith("-") else f"-{read.amount}"
        side = "DBIT" if amount.startswith("-") else "CRDT"
        read = read._replace(amount=amount, direction=side)
    evidence = "no balance tells" if repeats is None else "as the balances tell"
    return read, f"the amount has a minus behind its mark; read as {read.amount}, {evidence}"


def _take(field: TagField, sums: _Sums) -> None:
    try:
        if field.tag == "61":
            read = movement("\n".join(field.lines))
            if read.has_minus:
                sums.with_minus += Decimal(read.amount)
            else:
                sums.plain += Decimal(read.amount)
        elif field.tag.startswith("60") and sums.opening is None:
            sums.opening = Decimal(balance(field.joined).amount)
        elif field.tag.startswith("62"):
            sums.closing = Decimal(balance(field.joined).amount)
    except ValueError:
        return  # the reading that follows says what is wrong, and where


def _any_signed(source: Source) -> bool:
    before = b""
    with source.open() as stream:
        while chunk := stream.read(_CHUNK):
            if _SIGNED.search(before + chunk):
                return True
            before = chunk[-_OVERLAP:]
    return False
