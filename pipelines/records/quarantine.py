"""Rows that were rejected: what is still out, and what came in later under the same key."""

import duckdb
import polars as pl

from pipelines.lake.lake import Lake
from pipelines.records.control_tables import QUARANTINE, QUARANTINE_SCHEMA
from quality.contract import Contract, contracts

RESOLVED = {
    "resolved_by_file": pl.String(),
    "resolved_by_row": pl.Int64(),
    "resolved_at": QUARANTINE_SCHEMA["known_at"],
}
"""Where a row came in later, first of all: null while it is still out."""


def quarantined(lake: Lake) -> pl.DataFrame:
    """Every row of the quarantine, with the first row of a later file that has the same key.

    A row whose text does not say its whole key stays unresolved. So does one that repeats a row of
    its own file: that one came in.
    """
    empty = pl.DataFrame(schema={**QUARANTINE_SCHEMA, **RESOLVED})
    if not lake.exists(QUARANTINE):
        return empty
    rows = lake.read(QUARANTINE).collect().with_row_index("turned_away")
    if rows.is_empty():
        return empty
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    con.register("turned_away", rows)
    found = [
        _came_in_later(con, each)
        for name, each in contracts().items()
        if name in rows["table"] and each.key and _shown(con, lake, each)
    ]
    later = pl.concat([pl.DataFrame(schema={"turned_away": pl.UInt32(), **RESOLVED}), *found])
    return rows.join(later, on="turned_away", how="left").drop("turned_away")


def _shown(con: duckdb.DuckDBPyConnection, lake: Lake, table: Contract) -> bool:
    name = f"bronze/{table.name}"
    if not lake.exists(name):
        return False
    lake.register(con, name)
    return True


def _came_in_later(con: duckdb.DuckDBPyConnection, table: Contract) -> pl.DataFrame:
    """For each row of one table in quarantine the first row in bronze with its key, if any."""
    same = " and ".join(
        f"trim(cast(came.\"{name}\" as varchar)) = trim(away.content ->> '$.{name}')"
        for name in table.key
    )
    later = con.sql(f"""
        select away.turned_away, came.source_file as resolved_by_file,
            came.source_row as resolved_by_row, came.known_at as resolved_at
        from turned_away as away
        inner join bronze."{table.name}" as came on {same}
            and came.source_sha256 <> away.sha256 and came.known_at >= away.known_at
        where away."table" = '{table.name}' and away.rule not like '%key_is_unique%'
        qualify row_number() over (
            partition by away.turned_away
            order by came.known_at, came.source_file, came.source_row
        ) = 1
    """)
    return later.pl().cast(pl.Schema({"turned_away": pl.UInt32(), **RESOLVED}))
