"""A month of the books."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


class WorkbookError(ValueError):
    """A period cannot be put into a workbook: what is wrong, and what to do now."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A calendar month, written `2026-01`."""

    first: date

    @classmethod
    def of(cls, text: str) -> "Period":
        """Read a month.

        Raises:
            WorkbookError: it is not written as yyyy-mm.
        """
        found = _MONTH.fullmatch(text)
        if not found or not int(found[1]):
            raise WorkbookError(f"{text!r} is not a period. Write the month as 2026-01.")
        return cls(date(int(found[1]), int(found[2]), 1))

    @property
    def last(self) -> date:
        """The last calendar day of the month."""
        return self.first.replace(day=monthrange(self.first.year, self.first.month)[1])

    def __str__(self) -> str:
        return self.first.strftime("%Y-%m")
