"""All controls, and their evaluation: whatever happens, each leaves a result."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial

import duckdb
import polars as pl

from quality.contract import INSTANT
from quality.controls.accounting import (
    closed_periods,
    insurance,
    ledger,
    lending,
    rates,
    reconciliations,
    roll_forward,
    settlements,
    statements,
)
from quality.controls.completeness import (
    conservation,
    control_totals,
    documents,
    references,
    withdrawals,
)
from quality.controls.control import Control
from quality.verdict import ControlResult, evaluated

CONTROLS: tuple[Control, ...] = (
    conservation.FILES,
    conservation.DAYS,
    conservation.ORPHANS,
    withdrawals.NAMED,
    *control_totals.OF_FILES,
    documents.COUNTED,
    ledger.DOUBLE_ENTRY,
    ledger.ACCOUNT_CHAIN,
    statements.BALANCE,
    statements.CHAIN,
    statements.ONCE,
    rates.KNOWN,
    references.KNOWN,
    references.DAY_HAS_COME,
    settlements.LINES,
    settlements.PAYOUTS,
    lending.STANDING_ORDERS,
    lending.INSTALMENTS,
    lending.SCHEDULES,
    lending.NAMED_ONCE,
    insurance.COLLECTED,
    insurance.RECEIPTS,
    insurance.CLAIMS,
    reconciliations.CONSERVED,
    reconciliations.EXCLUSIVE,
    reconciliations.BANK_TO_LEDGER,
    roll_forward.ROLL_FORWARD,
    closed_periods.CLOSED_PERIODS,
)

_TOTAL = pl.Decimal(38, 3)
_CONTROLS = {
    "name": pl.String(),
    "scope": pl.String(),
    "as_of": pl.Date(),
    "outcome": pl.String(),
    "expected": _TOTAL,
    "actual": _TOTAL,
    "difference": _TOTAL,
    "detail": pl.String(),
    "file": pl.String(),
    "place": pl.String(),
    "run_id": pl.String(),
    "recorded_at": INSTANT,
}


def evaluate_controls(
    con: duckdb.DuckDBPyConnection, as_of: date, controls: Sequence[Control] = CONTROLS
) -> list[ControlResult]:
    """Evaluate every control on the tables that are there.

    Args:
        con: a connection on which tables stand in the schemas bronze, silver, gold and control.
        as_of: the day as of which the tables were made.
        controls: which controls, in this order.

    Returns:
        At least one result for each control: passed with its totals, one for each scope that fails,
        skipped when its tables are missing or empty, error when it could not be computed.
    """
    there = _tables(con)
    return [
        result
        for control in controls
        for result in evaluated(control.name, as_of, partial(control.evaluate, con, there, as_of))
    ]


def to_frame(
    results: Sequence[ControlResult], *, run_id: str, recorded_at: datetime
) -> pl.DataFrame:
    """One row per result, with the run and the moment: the columns of control/controls."""
    rows = [
        (
            *(result.name, result.scope, result.as_of, result.outcome, result.expected),
            *(result.actual, result.difference, result.detail, result.file, result.place),
            *(run_id, recorded_at),
        )
        for result in results
    ]
    return pl.DataFrame(rows, schema=_CONTROLS, orient="row")


def _tables(con: duckdb.DuckDBPyConnection) -> frozenset[str]:
    rows = con.execute(
        "select distinct table_schema || '.' || table_name from information_schema.tables"
    ).fetchall()
    return frozenset(name for (name,) in rows)
