"""What may stand in a cell, and that it stands there exactly.

A spreadsheet keeps every number as a double. Fifteen decimal digits survive the way there and
back, so an amount of at most fifteen digits is exact; a longer one would be another amount, and is
refused.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from pipelines.period_close.workbook.period import WorkbookError

MOST_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula with the value that it comes to, so that a reader that computes nothing shows it.

    `style` is one of money, count, share, flag or text.
    """

    text: str
    value: Decimal | bool | int | str
    style: str = "money"


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to a sheet of the same workbook."""

    sheet: str
    words: str


Cell = str | int | float | Decimal | bool | date | datetime | Formula | Link | None


def exact(amount: Decimal, where: str) -> float:
    """An amount as a spreadsheet keeps it.

    Args:
        amount: the amount.
        where: names the row, for the message.

    Raises:
        WorkbookError: the amount has more digits than a spreadsheet keeps.
    """
    digits = len(amount.normalize().as_tuple().digits)
    if digits > MOST_DIGITS:
        raise WorkbookError(
            f"{where}: {amount:,} has {digits} digits, and a spreadsheet keeps {MOST_DIGITS} "
            "exactly. Nothing was written; read the marts themselves, which keep every digit."
        )
    return float(amount)
