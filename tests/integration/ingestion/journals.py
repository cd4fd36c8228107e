"""Files of a small format of our own, landed and taken in."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl

from pipelines.feeds.reading import REJECTED, Finding, Format, Reading, RefusedError, Source
from pipelines.ingestion import IngestionResult, ingest, land
from pipelines.lake.lake import Lake
from pipelines.landing.zone import scan
from pipelines.records.control_tables import FILES, QUARANTINE
from quality.contract import contract

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = date(2026, 2, 28)
LEDGER = "bronze/ledger_postings"
HEAD = "#journal"
LAST = "END"


def read_journal(source: Source) -> Iterator[Reading]:
    """Lines of `journal;line;debit;credit;currency`; the last line says END."""
    lines = source.path.read_text("utf-8").splitlines()
    if LAST not in lines[-1]:
        raise RefusedError("The file ends in the middle", place=f"line {len(lines)}")
    schema = {
        **contract("ledger_postings").schema,
        "source_row": pl.Int64(),
        "source_path": pl.String(),
    }
    for number, line in enumerate(lines[1:-1], 2):
        rows, rejected = [], []
        if line == "BUG":
            raise ZeroDivisionError("a reader failed")
        try:
            journal, place, debit, credit, currency = line.split(";")
            rows.append(
                {
                    "book": "general",
                    "journal_id": journal,
                    "line_number": int(place),
                    "account_code": "1000",
                    "booking_date": date(2026, 2, 1),
                    "debit": Decimal(debit),
                    "credit": Decimal(credit),
                    "currency": currency,
                    "source_row": number,
                }
            )
        except ValueError:
            rejected.append(
                {"table": "ledger_postings", "source_row": number, "reason": "not a line",
                 "content": line, "amount": Decimal(7), "currency": "EUR"}
            )  # fmt: skip
        yield Reading(
            "journal",
            "1",
            {"ledger_postings": pl.DataFrame(rows, schema=schema)},
            pl.DataFrame(rejected, schema=REJECTED),
            (Finding("odd", "it is odd", f"line {number}"),) if "ODD" in line else (),
        )
    if len(lines) == 2:
        yield Reading("journal", "1", {})


FORMATS = (
    Format("journal", "ledger", lambda head, _: head.startswith(HEAD.encode()), read_journal),
    Format("rates", "reference", lambda head, _: head.startswith(b"#rates"), read_journal),
)


def write(folder: Path, name: str, *lines: str, end: str = "END\n") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text("\n".join((HEAD, *lines, end)), "utf-8")
    return path


def take(
    lake: Lake, con: duckdb.DuckDBPyConnection, folder: Path, day: date = DAY
) -> IngestionResult:
    land(lake, folder, arrived=day, formats=FORMATS, now=NOW)
    return ingest(lake, con, scan(lake), formats=FORMATS, now=NOW)


def contents(lake: Lake) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: sorted(lake.read(table).drop("ingested_at", strict=False).collect().rows(), key=str)
        for table in (LEDGER, FILES, QUARANTINE)
    }
