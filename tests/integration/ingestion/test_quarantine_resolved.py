"""An amount that cannot be read is unknown; a row that came in later is linked to its file."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from pipelines.feeds.formats import FORMATS
from pipelines.ingestion import ingest, land
from pipelines.lake.lake import Lake
from pipelines.landing.zone import scan
from pipelines.records.amounts import incoming_amounts
from pipelines.records.control_tables import FILES
from pipelines.records.quarantine import quarantined

HEAD = "book,journal_id,line_number,account_code,booking_date,debit,credit,currency\n"
FIRST = HEAD + (
    "general,J1,1,1000,2026-06-29,10.00,0.00,EUR\n"
    "general,J1,2,2000,2026-06-29,0.00,1O.00,EUR\n"
    "general,J2,1,1000,2026-06-29,10.50,0.00,JPY\n"
)


def taken(lake: Lake, folder: Path, name: str, text: str, day: date) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    now = datetime(2026, 6, 30, 12, tzinfo=UTC)
    land(lake, folder, arrived=day, formats=FORMATS, now=now)
    with duckdb.connect() as con:
        con.execute("set timezone = 'UTC'")
        ingest(lake, con, scan(lake), formats=FORMATS, now=now)


def test_an_unreadable_amount_is_unknown_and_never_zero(lake: Lake, tmp_path: Path) -> None:
    taken(lake, tmp_path / "a", "p1.csv", FIRST, date(2026, 6, 29))
    (file,) = lake.read(FILES).collect().to_dicts()
    assert (file["rows_quarantined"], file["rows_of_unknown_amount"]) == (2, 1)
    assert file["reason"] == "2 of 3 rows are in quarantine, 1 of them of unknown amount"
    euro, yen = incoming_amounts(lake)
    assert (euro.currency, euro.loaded, euro.quarantined, euro.unknown) == ("EUR", 10, 0, 1)
    assert (yen.currency, yen.loaded, yen.quarantined, yen.unknown) == (
        "JPY",
        0,
        Decimal("10.5"),
        0,
    )


def test_a_row_that_came_in_later_is_linked_to_the_first_file_that_brought_it(
    lake: Lake, tmp_path: Path
) -> None:
    taken(lake, tmp_path / "a", "p1.csv", FIRST, date(2026, 6, 29))
    mended = HEAD + "general,J1,2,2000,2026-06-29,0.00,10.00,EUR\n"
    taken(lake, tmp_path / "b", "p2.csv", mended, date(2026, 6, 30))
    taken(lake, tmp_path / "c", "p3.csv", mended + "\n", date(2026, 7, 1))
    rows: list[dict[str, Any]] = quarantined(lake).sort("source_row").to_dicts()
    assert [(r["source_row"], r["resolved_by_file"], r["resolved_by_row"]) for r in rows] == [
        (3, "ledger/2026-06-30/p2.csv", 2),
        (4, None, None),
    ]
    assert rows[0]["amount"] is None
    assert isinstance(rows[1]["amount"], Decimal)
    assert quarantined(lake).schema["amount"] == pl.Decimal(18, 3)


def test_amounts_as_of_a_day_know_nothing_of_later_files(lake: Lake, tmp_path: Path) -> None:
    taken(lake, tmp_path / "a", "p1.csv", FIRST, date(2026, 6, 29))
    assert incoming_amounts(lake, date(2026, 6, 28)) == ()
    assert incoming_amounts(lake, date(2026, 6, 29)) == incoming_amounts(lake)
