"""Admission of staged rows: each is appended to bronze or to the quarantine, once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import duckdb
import polars as pl

from pipelines.ingestion.file_records import Tally
from pipelines.ingestion.staging.row_positions import ROW_POSITION, AcceptedRows, sql_list
from pipelines.lake.lake import Lake
from pipelines.lake.parquet_parts import ParquetPart
from pipelines.lake.write_result import ConflictError
from pipelines.landing.zone import LandedFile
from pipelines.records.control_tables import QUARANTINE, QUARANTINE_SCHEMA
from quality.admission import admit
from quality.contract import Contract, contracts

_ATTEMPTS = 5

Tallies = Mapping[str, Tally]
"""A tally for each file, by its SHA-256."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """What a table took of each file, and the rows that went to quarantine instead.

    `quarantined` has the columns of `QUARANTINE_SCHEMA`, one row for each row rejected.
    """

    came_in: Tallies
    loaded: Tallies
    quarantined: pl.DataFrame
    version: int


def admit_table(
    lake: Lake,
    con: duckdb.DuckDBPyConnection,
    table: Contract,
    parts: Sequence[ParquetPart],
    files: Sequence[LandedFile],
) -> Admitted:
    """Hold the waiting rows of a table against its contract and append the good ones.

    What is counted as loaded is counted in the table as committed, and not on the way in.

    Raises:
        ConflictError: other writers took the same files again and again.
    """
    view = f"waiting_{table.name}"
    columns = ", ".join(f'"{name}"' for name in table.schema)
    con.execute(
        f"create or replace temp view {view} as select {columns}, {ROW_POSITION} as source_row,"
        f" source_path, source_file, source_sha256, known_at"
        f" from read_parquet({sql_list(parts)}, filename = true, file_row_number = true)"
    )
    came_in = _tallies(con, f"from {view}", table.amount)
    refused = admit(con, view, table).refused
    accepted = AcceptedRows(parts, refused["source_row"])
    version = _append_missing(lake, table, accepted, set(came_in))
    con.execute(f"drop view {view}")
    return Admitted(
        came_in,
        _stored_tallies(lake, con, table, version, [f for f in files if f.sha256 in came_in]),
        _quarantine(accepted.with_origin(refused), files[0].feed),
        version,
    )


def rejected_by_reader(parts: Sequence[ParquetPart], feed: str) -> pl.DataFrame:
    """The rows that a reader could not type, as rows of the quarantine."""
    if not parts:
        return pl.DataFrame(schema=pl.Schema(QUARANTINE_SCHEMA))
    rows = pl.concat([pl.read_parquet(part.path) for part in parts])
    return _quarantine(rows.with_columns(rule=pl.lit("unreadable")), feed)


def append_quarantine(lake: Lake, rows: pl.DataFrame) -> int:
    """Append rows to the quarantine unless their file is there already; gives the version."""
    transaction_ids = set(rows["sha256"].unique().to_list())
    for _ in range(_ATTEMPTS):
        missing = sorted(transaction_ids - lake.recorded(QUARANTINE, sorted(transaction_ids)))
        if not missing:
            break
        try:
            lake.append_once(
                QUARANTINE, rows.filter(pl.col("sha256").is_in(missing)), transaction_ids=missing
            )
        except ConflictError:
            continue
    return lake.version(QUARANTINE) or 0


def tallies(rows: pl.DataFrame) -> Tallies:
    """Rows of the quarantine, and their money, for each file."""
    carrying = [each.name for each in contracts().values() if each.amount]
    unknown = pl.col("amount").is_null() & pl.col("table").is_in(carrying)
    total = pl.col("amount").cast(pl.Decimal(38, 3)).sum()
    sums = rows.group_by("sha256").agg(pl.len(), total, unknown.sum().alias("unknown"))
    return {sha256: Tally(*tally) for sha256, *tally in sums.iter_rows()}


def _append_missing(lake: Lake, table: Contract, accepted: AcceptedRows, files: set[str]) -> int:
    """Append the sound rows of those files that the table does not have yet, in one commit."""
    name = f"bronze/{table.name}"
    for _ in range(_ATTEMPTS):
        missing = files - lake.recorded(name, sorted(files))
        if not missing:
            return lake.version(name) or 0
        parts = accepted.parts_of(None if missing == files else missing)
        try:
            return lake.adopt_once(name, parts, transaction_ids=sorted(missing)).version
        except ConflictError:
            continue
    raise ConflictError(f"{name}: other writers took the same files {_ATTEMPTS} times")


def _stored_tallies(
    lake: Lake,
    con: duckdb.DuckDBPyConnection,
    table: Contract,
    version: int,
    files: Sequence[LandedFile],
) -> Tallies:
    lake.register(con, f"bronze/{table.name}", versions={f"bronze/{table.name}": version})
    first: datetime = min(file.known_at for file in files)
    last: datetime = max(file.known_at for file in files)
    source = (
        f'from "bronze"."{table.name}" where known_at between timestamptz \'{first.isoformat()}\''
        f" and timestamptz '{last.isoformat()}'"
    )
    stored = _tallies(con, source, table.amount)
    return {file.sha256: stored.get(file.sha256, Tally()) for file in files}


def _tallies(con: duckdb.DuckDBPyConnection, source: str, amount: str | None) -> Tallies:
    total = f"coalesce(sum(cast({amount} as decimal(38,3))), 0)" if amount else "0"
    rows = con.sql(
        f"select source_sha256, count(*), {total}::decimal(38,3) {source} group by all"
    ).fetchall()
    return {sha256: Tally(count, Decimal(money)) for sha256, count, money in rows}


def _quarantine(rows: pl.DataFrame, feed: str) -> pl.DataFrame:
    if rows.is_empty():
        return pl.DataFrame(schema=pl.Schema(QUARANTINE_SCHEMA))
    named = rows.with_columns(feed=pl.lit(feed)).rename(
        {"source_file": "file", "source_sha256": "sha256"}
    )
    return named.select(list(QUARANTINE_SCHEMA)).cast(pl.Schema(QUARANTINE_SCHEMA))
