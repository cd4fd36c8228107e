"""Files into the landing zone, by feed and day of arrival."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipelines.demo.defects import malformed_files
from pipelines.demo.defects.ground_truth import TruthWriter
from pipelines.demo.world.timeline import World, day_of
from quality.contract import contract

REGISTERS = (
    *("customers", "consents", "contact_events", "policies", "premium_instalments", "receipts"),
    *("claims", "claim_transactions", "loans", "loan_schedules"),
)
"""Tables of the registers, in the order in which a window delivers them."""

_MOMENTS = "%Y-%m-%dT%H:%M:%SZ"
"""How a CSV file writes a moment: ISO 8601 in UTC."""


@dataclass(slots=True)
class LandingFolder:
    """The landing folder under `root`, and how many files and rows went into it."""

    root: Path
    world: World
    truth: TruthWriter
    files: int = 0
    rows: dict[str, int] = field(default_factory=dict)

    def place(self, feed: str, arrival: int, name: str) -> Path:
        """The path of a new file; its folder is made."""
        folder = self.root / feed / day_of(arrival).isoformat()
        folder.mkdir(parents=True, exist_ok=True)
        self.files += 1
        return folder / name

    def text(self, feed: str, arrival: int, name: str, content: str) -> None:
        """Write one text file as it is."""
        self.place(feed, arrival, name).write_bytes(content.encode("utf-8"))

    def count(self, table: str, rows: int) -> None:
        """Remember that rows of a table were delivered."""
        self.rows[table] = self.rows.get(table, 0) + rows

    def table(self, name: str, rows: pl.DataFrame, part: int = 1) -> None:
        """Deliver rows of a bronze table, one file for each day of arrival.

        An export too large for one file is delivered in parts, each with its number. The columns
        are exactly those of the table's contract, in its order. Customers come as Parquet, all else
        as CSV with moments in UTC.
        """
        columns, key = list(contract(name).schema), list(contract(name).key)
        mark = "" if part == 1 else f"-{part}"
        for arrival, found in by_day(rows, self.world.last):
            due = found.select(columns).sort(key)
            self.count(name, due.height)
            if name == "customers":
                path = self._path(name, arrival, mark, "parquet")
                due.write_parquet(path, statistics=False)
            else:
                self._csv(name, arrival, mark, texts(due))

    def _path(self, name: str, arrival: int, mark: str, suffix: str) -> Path:
        file = f"{name}-{day_of(arrival).isoformat()}{mark}.{suffix}"
        return self.place(contract(name).feed, arrival, file)

    def _csv(self, name: str, arrival: int, mark: str, rows: pl.DataFrame) -> None:
        path = self._path(name, arrival, mark, "csv")
        if name == "ledger_postings" and malformed_files.correction_day(self.world, arrival):
            rows, right = malformed_files.with_wrong_amount(rows)
            self._corrected(name, arrival, path, right)
        bad = malformed_files.malformed_rows(self.world, name, arrival, rows)
        if bad is not None:
            self._malformed(name, path, rows.height, bad)
            rows = pl.concat([rows, bad.rows])
        rows.write_csv(path)

    def _corrected(self, name: str, arrival: int, wrong: Path, right: pl.DataFrame) -> None:
        corrected_by = ""
        if arrival + 2 <= self.world.last:
            path = self._path(name, arrival + 2, "-correction", "csv")
            right.write_csv(path)
            self.count(name, right.height)
            corrected_by = self.name_of(path)
        self.truth.write(
            "corrections",
            pl.DataFrame(
                {
                    "feed": ["ledger"],
                    "file": [self.name_of(wrong)],
                    "corrected_by": [corrected_by],
                    "document": [f"general|{right['journal_id'][0]}"],
                    "note": ["an amount with one digit too many"],
                }
            ),
        )

    def _malformed(
        self, name: str, path: Path, before: int, bad: malformed_files.MalformedRows
    ) -> None:
        self.count("malformed", bad.rows.height)
        self.truth.write(
            "bad_rows",
            pl.DataFrame({"why": bad.why}).with_row_index("row", before + 2).with_columns(
                feed=pl.lit(contract(name).feed), file=pl.lit(self.name_of(path))
            ),
        )  # fmt: skip

    def name_of(self, path: Path) -> str:
        """The file's path within landing."""
        return path.relative_to(self.root).as_posix()


def by_day(rows: pl.DataFrame, last: int) -> Iterator[tuple[int, pl.DataFrame]]:
    """The rows of each day of arrival up to `last`, in order of days."""
    due = rows.filter(pl.col("arrival") <= last).sort("arrival", maintain_order=True)
    for part in due.partition_by("arrival", maintain_order=True):
        yield int(part["arrival"][0]), part.drop("arrival")


def texts(rows: pl.DataFrame) -> pl.DataFrame:
    """All columns as the text that a CSV file holds.

    One row for each row given.
    """
    return rows.select(
        (
            pl.col(name).dt.strftime(_MOMENTS)
            if isinstance(dtype, pl.Datetime)
            else pl.col(name).cast(pl.String)
        ).alias(name)
        for name, dtype in rows.schema.items()
    )
