"""Rows whose day has not come yet."""

from dataclasses import dataclass

import polars as pl


@dataclass(slots=True)
class Waiting:
    """Rows that wait for the day in their column `day`."""

    day: str
    rows: pl.DataFrame | None = None

    def put(self, more: pl.DataFrame) -> None:
        """Add rows."""
        self.rows = more if self.rows is None else pl.concat([self.rows, more])

    def take(self, last: int) -> pl.DataFrame:
        """The rows whose day is `last` or earlier; the others go on waiting.

        Raises:
            LookupError: nothing was ever put here, so that not even the columns are known.
        """
        if self.rows is None:
            raise LookupError("Nothing was ever put here.")
        due = self.rows.filter(pl.col(self.day) <= last)
        self.rows = self.rows.filter(pl.col(self.day) > last)
        return due
