"""The history of breaks on disk: each change once, whoever was killed and whoever else ran."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl

from pipelines.lake.lake import Lake
from pipelines.reconciliation.break_events import read_break_events, record_break_events
from quality.reconciliation.breaks.history import changes
from quality.reconciliation.pipeline import RECON_BREAKS, RECON_MATCHES

NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)


def breaks(*rows: str) -> pl.DataFrame:
    found = [
        {
            "recon": "r", "break_id": row, "side": "left", "row_id": row, "break_type": "timing",
            "amount": Decimal(5), "currency": "EUR",
        }
        for row in rows
    ]  # fmt: skip
    return pl.DataFrame(found, schema=dict(RECON_BREAKS))


def found(recorded: pl.DataFrame, now: pl.DataFrame, minute: int) -> pl.DataFrame:
    return changes(
        recorded,
        now,
        pl.DataFrame(schema=dict(RECON_MATCHES)),
        as_of=date(2026, 3, 31),
        run_id=f"run{minute}",
        recorded_at=NOW + timedelta(minutes=minute),
    )


def test_of_two_runs_on_the_same_record_one_writes_and_a_third_catches_up(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    record = read_break_events(lake)
    one, other = found(record, breaks("a"), 1), found(record, breaks("a", "b"), 2)
    assert record_break_events(lake, one, after=record.height).rows == 1
    assert record_break_events(lake, other, after=record.height).rows == 0
    record = read_break_events(lake)
    third = found(record, breaks("a", "b"), 3)
    assert record_break_events(lake, third, after=record.height).rows == 1
    record = read_break_events(lake)
    assert sorted(record.select("break_id", "state").rows()) == [("a", "opened"), ("b", "opened")]
    assert record.height == 2


def test_a_run_that_finds_nothing_new_adds_no_version(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    record_break_events(lake, found(read_break_events(lake), breaks("a"), 1), after=0)
    before = lake.version("control/break_events")
    record = read_break_events(lake)
    record_break_events(lake, found(record, breaks("a"), 2), after=record.height)
    assert lake.version("control/break_events") == before
