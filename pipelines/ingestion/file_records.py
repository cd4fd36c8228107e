"""What became of each file, as the house records and reports it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

import polars as pl

from pipelines.feeds.reading import Finding
from pipelines.records.control_tables import FILES_SCHEMA, FileState

MOST_FINDINGS = 100
"""Findings of one file that are written out; the rest is a number."""

NOTHING = Decimal("0.000")


class ConservationError(RuntimeError):
    """Rows or money that came in are neither loaded nor in quarantine: a law of the house broke."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Rows, and the sum of their amounts whatever the currency.

    `unknown` counts rows in quarantine whose amount cannot be read: it is in no sum.
    """

    rows: int = 0
    amount: Decimal = NOTHING
    unknown: int = field(default=0, compare=False)

    def __add__(self, other: "Tally") -> "Tally":
        """Both together."""
        rows, amount = self.rows + other.rows, self.amount + other.amount
        return Tally(rows, amount, self.unknown + other.unknown)


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One decision about one file; `came_in` = `loaded` + `quarantined`, in rows and in money."""

    feed: str
    file: str
    sha256: str
    arrival_date: date
    state: FileState
    reason: str = ""
    format: str = ""
    version: str = ""
    came_in: Tally = Tally()
    loaded: Tally = Tally()
    quarantined: Tally = Tally()
    findings: tuple[Finding, ...] = ()
    attempt: int = 1
    readers: str = ""
    size: int | None = None

    @property
    def transaction_id(self) -> str:
        """What names the decision in control/files: a file is taken once per feed.

        It may be refused more than once, by other readers or when somebody asks again.
        """
        if self.state in ("loaded", "empty"):
            return f"{self.feed}/{self.sha256}"
        once = f"{self.state}:{self.feed}/{self.sha256}/{self.file.rsplit('/', 1)[-1]}"
        return once if self.attempt == 1 else f"{once}#{self.attempt}"


@dataclass(frozen=True, slots=True)
class IngestionResult:
    """What one intake did: its files, and the version each table has now."""

    files: tuple[FileRecord, ...] = ()
    versions: Mapping[str, int] | None = None

    def total(self, what: str) -> Tally:
        """The sum of `came_in`, `loaded` or `quarantined` over all files."""
        return sum((getattr(file, what) for file in self.files), Tally())

    def count(self, state: FileState) -> int:
        """How many files ended in a state."""
        return sum(file.state == state for file in self.files)


def to_frame(records: Iterable[FileRecord], now: datetime) -> pl.DataFrame:
    """Records as rows of control/files."""
    rows = [
        {
            "feed": record.feed,
            "file": record.file,
            "sha256": record.sha256,
            "format": record.format,
            "version": record.version,
            "arrival_date": record.arrival_date,
            "rows_in": record.came_in.rows,
            "rows_loaded": record.loaded.rows,
            "rows_quarantined": record.quarantined.rows,
            "amount_in": record.came_in.amount,
            "amount_loaded": record.loaded.amount,
            "amount_quarantined": record.quarantined.amount,
            "rows_of_unknown_amount": record.quarantined.unknown,
            "state": record.state,
            "reason": record.reason,
            "findings": _findings(record.findings),
            "ingested_at": now,
            "attempt": record.attempt,
            "readers": record.readers,
            "size": record.size,
        }
        for record in records
    ]
    return pl.DataFrame(rows, schema=pl.Schema(FILES_SCHEMA))


def _findings(findings: tuple[Finding, ...]) -> str:
    items = [
        {"code": finding.code, "message": finding.message, "place": finding.place}
        for finding in findings[:MOST_FINDINGS]
    ]
    if len(findings) > MOST_FINDINGS:
        rest = len(findings) - MOST_FINDINGS
        items.append({"code": "more", "message": f"{rest} more findings", "place": ""})
    return json.dumps(items, ensure_ascii=False)
