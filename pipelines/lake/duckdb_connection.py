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
