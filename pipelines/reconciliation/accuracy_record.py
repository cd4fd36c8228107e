"""The error sheet of each run that was scored against known truth; rows are only ever appended."""

from collections.abc import Mapping
from datetime import date, datetime

import polars as pl

from pipelines.lake.lake import Lake
from pipelines.lake.write_result import WriteResult
from quality.contract import INSTANT
from quality.reconciliation.reporting.accuracy import ERRORS

ERROR_SHEET = "control/error_sheet"

SCHEMA: Mapping[str, pl.DataType] = {
    "run_id": pl.String(),
    "as_of": pl.Date(),
    **ERRORS,
    "recorded_at": INSTANT,
}
"""One row per run and group; see `quality.reconciliation.reporting.accuracy.ERRORS`."""


def record_errors(
    lake: Lake, errors: pl.DataFrame, *, run_id: str, as_of: date, now: datetime
) -> WriteResult:
    """Append what a run scored, once per run."""
    lake.create(ERROR_SHEET, SCHEMA)
    rows = errors.with_columns(
        pl.lit(run_id).alias("run_id"),
        pl.lit(as_of).alias("as_of"),
        pl.lit(now).alias("recorded_at"),
    )
    given = rows.select(list(SCHEMA)).cast(pl.Schema(SCHEMA))
    return lake.append_once(ERROR_SHEET, given, transaction_ids=[f"error_sheet|{run_id}"])
