"""DuckDB over the lake: private to a run, in UTC, within stated memory."""

from pathlib import Path

import duckdb
import duckdb_extensions

from pipelines.lake.lake import Lake


def connect(
    lake: Lake,
    *,
    memory_limit: str = "1GB",
    threads: int = 2,
    database: Path | None = None,
    delta: bool = False,
) -> duckdb.DuckDBPyConnection:
    """Open DuckDB: in memory, or on a file of the run's own.

    Args:
        lake: where it may spill what does not fit.
        memory_limit: as DuckDB writes it, such as `1GB`.
        threads: how many cores it may use.
        database: a private file; None keeps everything in memory.
        delta: whether to load the `delta` extension, which no network is needed for.
    """
    spill = lake.scratch / "duckdb"
    spill.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect(
        ":memory:" if database is None else str(database),
        config={
            "memory_limit": memory_limit,
            "threads": threads,
            "temp_directory": str(spill),
        },
    )
    con.execute("set TimeZone = 'UTC'")
    if delta:
        load_delta(con)
    return con


def load_delta(con: duckdb.DuckDBPyConnection) -> None:
    """Load the `delta` extension from its Python package; the network is not asked."""
    duckdb_extensions.import_extension("delta", con=con)
    con.execute("load delta")


def columns_of(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, dict[str, str]]]:
    """The columns of every table that a connection sees: schema, table, column, type."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for schema, table, column, kind in con.execute(_COLUMNS).fetchall():
        found.setdefault(schema, {}).setdefault(table, {})[column] = kind
    return found


_COLUMNS = """
    select schema_name, table_name, column_name, data_type from duckdb_columns()
    where not internal order by schema_name, table_name, column_index
"""
