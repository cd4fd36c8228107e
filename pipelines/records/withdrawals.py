"""Withdrawals: rows of bronze that somebody took out of the figures, on record and reversible.

Nothing is deleted. What is withdrawn stays in bronze and in the control totals of its file; what
is built from bronze is built without it, from the next run on.
"""

from collections.abc import Iterator, Mapping
from datetime import date

import duckdb
import polars as pl

from pipelines.lake.lake import Lake
from pipelines.lake.write_result import WriteResult
from quality.contract import INSTANT

WITHDRAWALS = "control/withdrawals"
WITHDRAWALS_SCHEMA: Mapping[str, pl.DataType] = {
    "withdrawal_id": pl.String(),
    "action": pl.String(),
    "feed": pl.String(),
    "file": pl.String(),
    "sha256": pl.String(),
    "source_row": pl.Int64(),
    "source_path": pl.String(),
    "rows": pl.Int64(),
    "actor": pl.String(),
    "reason": pl.String(),
    "as_of": pl.Date(),
    "decided_at": INSTANT,
}
"""One row per act; `action` is withdrawn or taken_back, and of the same file and place the newest
counts. Without row and path it is the whole file. `rows` is how many rows of bronze were meant.
`as_of` is the day of the figures that its author saw: earlier figures know nothing of it."""

PLACE = ("sha256", "source_row", "source_path")


def current_withdrawals(lake: Lake, as_of: date | None = None) -> pl.DataFrame:
    """What is withdrawn, one row per file and place, as known with the figures of a day."""
    if not lake.exists(WITHDRAWALS):
        return pl.DataFrame(schema=dict(WITHDRAWALS_SCHEMA))
    rows = lake.read(WITHDRAWALS)
    if as_of is not None:
        rows = rows.filter(pl.col("as_of") <= as_of)
    newest = rows.sort("decided_at").unique(PLACE, keep="last", maintain_order=True)
    return newest.filter(pl.col("action") == "withdrawn").collect()


def record_withdrawal(lake: Lake, row: Mapping[str, object], *, transaction_id: str) -> WriteResult:
    """Append one act, once per transaction id."""
    lake.create(WITHDRAWALS, WITHDRAWALS_SCHEMA)
    rows = pl.DataFrame([dict(row)], schema=dict(WITHDRAWALS_SCHEMA))
    return lake.append_once(WITHDRAWALS, rows, transaction_ids=[transaction_id])


def hide_withdrawn(con: duckdb.DuckDBPyConnection, lake: Lake, as_of: date | None) -> None:
    """Let the views of bronze on a connection leave out what is withdrawn."""
    rows = current_withdrawals(lake, as_of)
    if rows.is_empty():
        return
    condition = " or ".join(_conditions(rows))
    for folder in sorted((lake.root / "bronze").glob("[a-z]*")):
        table = f"bronze/{folder.name}"
        if lake.exists(table):
            view = lake.relation(con, table).filter(f"not coalesce({condition}, false)")
            con.execute('create schema if not exists "bronze"')
            con.execute(f'create or replace view "bronze"."{folder.name}" as {view.sql_query()}')


def _conditions(rows: pl.DataFrame) -> Iterator[str]:
    """SQL that is true for rows of bronze that are withdrawn, one condition for each place."""
    for sha256, row, path in rows.select(PLACE).iter_rows():
        parts = [f"source_sha256 = {_text(sha256)}"]
        parts += [f"source_row = {int(row)}"] if row is not None else []
        parts += [f"source_path = {_text(path)}"] if path is not None else []
        yield f"({' and '.join(parts)})"


def condition_of(sha256: str, row: int | None, path: str | None) -> str:
    """SQL that is true for the rows of bronze at one place of a file."""
    given = pl.DataFrame([(sha256, row, path)], schema=list(PLACE), orient="row")
    return next(_conditions(given))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
