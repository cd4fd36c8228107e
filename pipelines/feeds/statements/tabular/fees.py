"""Fees in a column beside the amount: what then moved, and whether a table counts them so."""

from collections.abc import Sequence
from decimal import Context, Decimal

from pipelines.feeds.statements.model import PLAIN_AMOUNT

_EXACT = Context(prec=60)


def less_fee(amount: str, fee: str) -> str:
    """Signed decimal text of an amount less its fee; a fee below zero was given back.

    What is no number stays as it is, so that the row is rejected with its text.
    """
    if not (PLAIN_AMOUNT.fullmatch(amount) and PLAIN_AMOUNT.fullmatch(fee)):
        return amount
    return f"{_EXACT.subtract(Decimal(amount), Decimal(fee)):f}"


def steps_proven(moved: Sequence[Decimal], after: Sequence[Decimal]) -> tuple[int, int]:
    """How many balances follow from their neighbour: read downwards as written, and upwards."""
    oldest_first = sum(a + m == b for a, m, b in zip(after, moved[1:], after[1:], strict=False))
    newest_first = sum(b + m == a for a, m, b in zip(after, moved, after[1:], strict=False))
    return oldest_first, newest_first
