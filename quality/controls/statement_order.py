"""Putting the movements of a day in the order in which they happened.

A movement is a step from `balance - amount` to `balance`. An order in which every step begins where
the one before ended is a path that uses each step once; the order of the file need not be one.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

import polars as pl

_TRIES_PER_ROW = 1_000
"""Steps that a search may take for each row before it gives up; honest days need about one."""

DAYS = {
    "book": pl.String(),
    "account": pl.String(),
    "day": pl.Date(),
    "rows": pl.Int64(),
    "chained": pl.Boolean(),
}

Step = tuple[Decimal, Decimal]
"""Balance before and balance after."""


def walk(rows: pl.DataFrame, *, tolerance: Decimal) -> pl.DataFrame:
    """Whether the movements of each account and day chain.

    Args:
        rows: book, account_code, booking_date, amount (signed as the balance moves) and
            balance_after; sorted by book, account and day.
        tolerance: how far a balance may be from the one before plus the amount.

    Returns:
        One row per account and day, with the columns of `DAYS`. A day begins at the balance on
        which the day before ended; after a day that does not chain, the next may begin anywhere.
    """
    days = []
    for (book, account), of_account in groupby(rows.iter_rows(), key=lambda row: row[:2]):
        balance: Decimal | None = None
        for day, of_day in groupby(of_account, key=lambda row: row[2]):
            steps = [(after - amount, after) for *_, amount, after in of_day]
            order = chain(steps, start=balance, tolerance=tolerance)
            balance = None if order is None else steps[order[-1]][1]
            days.append((book, account, day, len(steps), order is not None))
    return pl.DataFrame(days, schema=DAYS, orient="row")


def chain(
    steps: Sequence[Step], *, start: Decimal | None, tolerance: Decimal
) -> tuple[int, ...] | None:
    """An order of `steps` in which each begins where the one before ended, or None.

    The order of the file is tried first at every point, so that a day in order costs one pass.

    Args:
        steps: at least one.
        start: the balance with which the first begins; None lets it begin anywhere.
        tolerance: how far two balances that should be one may be apart.
    """
    starts = _Starts(steps)
    order: list[int] = []
    used = [False] * len(steps)
    choices = [starts.near(start, used, tolerance)]
    tries = _TRIES_PER_ROW * len(steps)
    while choices and tries:
        tries -= 1
        if choices[-1]:
            taken = choices[-1].pop(0)
            order.append(taken)
            used[taken] = True
            if len(order) == len(steps):
                return tuple(order)
            choices.append(starts.near(steps[taken][1], used, tolerance))
        else:
            choices.pop()
            if order:
                used[order.pop()] = False
    return None


class _Starts:
    """Steps by the balance with which they begin."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._numbers = sorted(range(len(steps)), key=lambda number: steps[number][0])
        self._balances = [steps[number][0] for number in self._numbers]

    def near(self, balance: Decimal | None, used: Sequence[bool], tolerance: Decimal) -> list[int]:
        """Unused steps that begin at `balance`, in the order of the file."""
        first, last = 0, len(self._numbers)
        if balance is not None:
            first = bisect_left(self._balances, balance - tolerance)
            last = bisect_right(self._balances, balance + tolerance)
        return sorted(number for number in self._numbers[first:last] if not used[number])
