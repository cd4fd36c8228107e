"""The tables in which the house keeps account of itself: files, quarantine, controls."""

from collections.abc import Mapping
from typing import Literal

import polars as pl

from pipelines.lake.lake import Lake
from pipelines.lake.write_result import WriteResult
from pipelines.landing.arrival_order import ARRIVALS, ARRIVALS_SCHEMA
from pipelines.records.withdrawals import WITHDRAWALS, WITHDRAWALS_SCHEMA
from quality.contract import INSTANT, MONEY
from quality.reconciliation.breaks.history import BREAK_EVENTS as BREAK_EVENTS_SCHEMA
from quality.reconciliation.decisions.model import COLUMNS as DECISIONS_SCHEMA

TOTAL = pl.Decimal(38, 3)
"""A sum of money: it holds what a hundred quadrillion amounts add up to."""

FILES = "control/files"
QUARANTINE = "control/quarantine"
STATED_TOTALS = "control/stated_totals"
CONTROLS = "control/controls"
DECISIONS = "control/decisions"
PERIOD_CLOSES = "control/period_closes"
BREAK_EVENTS = "control/break_events"

FileState = Literal["loaded", "empty", "refused", "duplicate"]
"""What became of a file: `empty` was read and has no row, `duplicate` has the bytes of another."""

FILES_SCHEMA: Mapping[str, pl.DataType] = {
    "feed": pl.String(),
    "file": pl.String(),
    "sha256": pl.String(),
    "format": pl.String(),
    "version": pl.String(),
    "arrival_date": pl.Date(),
    "rows_in": pl.Int64(),
    "rows_loaded": pl.Int64(),
    "rows_quarantined": pl.Int64(),
    "amount_in": TOTAL,
    "amount_loaded": TOTAL,
    "amount_quarantined": TOTAL,
    "rows_of_unknown_amount": pl.Int64(),
    "state": pl.String(),
    "reason": pl.String(),
    "findings": pl.String(),
    "ingested_at": INSTANT,
    "attempt": pl.Int64(),
    "readers": pl.String(),
    "size": pl.Int64(),
}
"""One row per decision about a file; `state` is loaded, empty, refused or duplicate. A refused file
may have several: `attempt` counts them, and `readers` marks the readers, contracts and profiles
that said so; `current_decisions` gives the last word on each. Amounts are control totals: plain
sums over the file's rows, whatever their currencies; a
row in quarantine whose amount cannot be read is in none of them, and `rows_of_unknown_amount`
counts it. `size` is in bytes."""

QUARANTINE_SCHEMA: Mapping[str, pl.DataType] = {
    "table": pl.String(),
    "feed": pl.String(),
    "file": pl.String(),
    "sha256": pl.String(),
    "source_row": pl.Int64(),
    "source_path": pl.String(),
    "rule": pl.String(),
    "reason": pl.String(),
    "content": pl.String(),
    "amount": MONEY,
    "currency": pl.String(),
    "known_at": INSTANT,
}
"""One row per row that was rejected: where it stands, which rules it broke, what it says."""

STATED_TOTALS_SCHEMA: Mapping[str, pl.DataType] = {
    "feed": pl.String(),
    "file": pl.String(),
    "sha256": pl.String(),
    "arrival_date": pl.Date(),
    "name": pl.String(),
    "place": pl.String(),
    "currency": pl.String(),
    "stated": TOTAL,
    "counted": TOTAL,
    "holds": pl.Boolean(),
    "totals": pl.Int64(),
    "known_at": INSTANT,
}
"""Counts and sums that files state of themselves, beside what was counted. One row per total that
does not hold, with its place; those that hold are summed up, one row per file, kind of total
(`name`) and currency, and `totals` says how many they are. `currency` is empty for counts, `stated`
for what is no number."""

CONTROLS_SCHEMA: Mapping[str, pl.DataType] = {
    "name": pl.String(),
    "scope": pl.String(),
    "as_of": pl.Date(),
    "outcome": pl.String(),
    "expected": TOTAL,
    "actual": TOTAL,
    "difference": TOTAL,
    "detail": pl.String(),
    "file": pl.String(),
    "place": pl.String(),
    "run_id": pl.String(),
    "recorded_at": INSTANT,
}
"""One row per control, scope, day and run; `outcome` is passed, failed, error or skipped. `file`
and `place` name where it was found, where a control speaks of one file."""

PERIOD_CLOSES_SCHEMA: Mapping[str, pl.DataType] = {
    "period": pl.String(),
    "action": pl.String(),
    "actor": pl.String(),
    "reason": pl.String(),
    "forced": pl.Boolean(),
    "as_of": pl.Date(),
    "closed_at": INSTANT,
    "balances": pl.List(
        pl.Struct(
            {"account_id": pl.String(), "currency": pl.String(), "side": pl.String()}
            | {"closing": MONEY}
        )
    ),
}
"""One row per closing or reopening of a period (yyyy-mm); `action` is closed or reopened, and the
newest row of a period counts. `as_of` is the day of the figures that were closed: what becomes
known later is late. `forced` says that something spoke against it. `balances` are the closing
balances on either side as they were closed."""


def create_control_tables(lake: Lake) -> None:
    """Make the tables where they are missing, so that dbt finds each of them."""
    lake.create(ARRIVALS, ARRIVALS_SCHEMA)
    lake.create(FILES, FILES_SCHEMA)
    lake.widen(FILES, FILES_SCHEMA)
    lake.create(QUARANTINE, QUARANTINE_SCHEMA)
    lake.create(STATED_TOTALS, STATED_TOTALS_SCHEMA)
    lake.create(CONTROLS, CONTROLS_SCHEMA)
    lake.widen(CONTROLS, CONTROLS_SCHEMA)
    lake.create(DECISIONS, DECISIONS_SCHEMA)
    lake.create(WITHDRAWALS, WITHDRAWALS_SCHEMA)
    lake.create(PERIOD_CLOSES, PERIOD_CLOSES_SCHEMA)
    lake.create(BREAK_EVENTS, BREAK_EVENTS_SCHEMA)


def current_decisions(files: pl.DataFrame) -> pl.DataFrame:
    """The rows of control/files that hold: a refusal that a later decision took back is none."""
    ordered = files.sort("ingested_at", maintain_order=True)
    last = pl.int_range(pl.len()).over("feed", "file") == pl.len().over("feed", "file") - 1
    return ordered.filter((pl.col("state") != "refused") | last)


def record_controls(lake: Lake, rows: pl.DataFrame, *, transaction_id: str) -> WriteResult:
    """Append what controls found, once per transaction id; errors are recorded like the rest.

    Args:
        lake: the lake whose controls they are.
        rows: exactly the columns of `CONTROLS_SCHEMA`.
        transaction_id: names this recording, such as the run and its stage.
    """
    lake.create(CONTROLS, CONTROLS_SCHEMA)
    lake.widen(CONTROLS, CONTROLS_SCHEMA)
    given = rows.select(list(CONTROLS_SCHEMA)).cast(pl.Schema(CONTROLS_SCHEMA))
    return lake.append_once(CONTROLS, given, transaction_ids=[transaction_id])
