"""Files into the landing zone, by feed and day of arrival."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipelines.demo.timeline import day_of
from quality.contract import contract

REGISTERS = (
    *("customers", "consents", "contact_events", "policies", "premium_instalments", "receipts"),
    *("claims", "claim_transactions", "loans", "loan_schedules"),
)


@dataclass(slots=True)
class Landing:
    """The landing folder under `root`, and how many files and rows went into it."""

    root: Path
    files: int = 0
    rows: dict[str, int] = field(default_factory=dict)

    def place(self, feed: str, arrival: int, name: str) -> Path:
        """The path of a new file; its folder is made."""
        folder = self.root / feed / day_of(arrival).isoformat()
        folder.mkdir(parents=True, exist_ok=True)
        self.files += 1
        return folder / name

    def text(
        self, feed: str, arrival: int, name: str, content: str, encoding: str = "utf-8"
    ) -> None:
        """Write one text file as it is."""
        self.place(feed, arrival, name).write_bytes(content.encode(encoding))

    def count(self, table: str, rows: int) -> None:
        """Remember that rows of a table were delivered."""
        self.rows[table] = self.rows.get(table, 0) + rows

    def table(self, name: str, rows: pl.DataFrame, *, last: int) -> None:
        """Deliver rows of a bronze table as CSV, one file for each day of arrival up to `last`.

        The columns are exactly those of the table's contract, in its order.
        """
        about = contract(name)
        for arrival, part in by_day(rows, last):
            path = self.place(about.feed, arrival, f"{name}-{day_of(arrival).isoformat()}.csv")
            self.count(name, part.height)
            path.write_bytes(csv(part.select(list(about.schema))))


def by_day(rows: pl.DataFrame, last: int) -> Iterator[tuple[int, pl.DataFrame]]:
    """The rows of each day of arrival up to `last`, in order of days."""
    due = rows.filter(pl.col("arrival") <= last).sort("arrival", maintain_order=True)
    for part in due.partition_by("arrival", maintain_order=True):
        yield int(part["arrival"][0]), part.drop("arrival")


def csv(rows: pl.DataFrame) -> bytes:
    """The rows as CSV in UTF-8, moments in UTC with a Z."""
    return rows.write_csv(datetime_format="%Y-%m-%dT%H:%M:%SZ").encode("utf-8")
