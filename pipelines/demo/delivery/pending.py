"""Pending rows: those whose day is after the windows processed so far."""

from dataclasses import dataclass

import polars as pl


@dataclass(slots=True)
class PendingRows:
    """Rows that are due on the day in their column `day`."""

    day: str
    rows: pl.DataFrame | None = None

    def put(self, more: pl.DataFrame) -> None:
        """Add rows."""
        self.rows = more if self.rows is None else pl.concat([self.rows, more])

    def take(self, last: int) -> pl.DataFrame:
        """Remove and return the rows due on `last` or earlier.

        Raises:
            LookupError: nothing was ever put here, so that not even the columns are known.
        """
        if self.rows is None:
            raise LookupError("Nothing was ever put here.")
        due = self.rows.filter(pl.col(self.day) <= last)
        self.rows = self.rows.filter(pl.col(self.day) > last)
        return due
