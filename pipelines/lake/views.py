"""Delta tables as DuckDB relations: pinned lists of Parquet files, never a moving target."""

from collections.abc import Mapping

import duckdb
import polars as pl
from deltalake import DeltaTable

from pipelines.lake.local_files import local_files
from pipelines.lake.sql_types import sql_type


def relation_of(con: duckdb.DuckDBPyConnection, table: DeltaTable) -> duckdb.DuckDBPyRelation:
    """The rows of one version of a table, typed as the table is, also when it has none."""
    return con.sql(_select(table))


def create_views(con: duckdb.DuckDBPyConnection, tables: Mapping[str, DeltaTable]) -> None:
    """Create or replace one view `"<layer>"."<table>"` for each `<layer>/<table>`."""
    for name, table in tables.items():
        layer, view = name.split("/")
        con.execute(f'create schema if not exists "{layer}"')
        con.execute(f'create or replace view "{layer}"."{view}" as {_select(table)}')


def columns_of(table: DeltaTable) -> dict[str, str]:
    """The columns of a table, in order, each with its type as SQL calls it."""
    return {name: sql_type(dtype) for name, dtype in _schema(table).items()}


def _schema(table: DeltaTable) -> Mapping[str, pl.DataType]:
    return pl.DataFrame(table.schema().to_arrow().empty_table()).schema


def _select(table: DeltaTable) -> str:
    """SQL that gives the table's columns in its own order.

    Columns are named and typed from the table and not from its files: files written before a column
    was added lack it, and a table without rows has no file at all.
    """
    typed, files = columns_of(table), local_files(table)
    none = ", ".join(f'null::{kind} as "{name}"' for name, kind in typed.items())
    if not files:
        return f"select {none} where false"
    listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
    source = f"read_parquet([{listed}], union_by_name = true)"
    if not typed.keys() <= pl.read_parquet_schema(files[0]).keys():
        # Perhaps no file has a column that was added: an empty branch names them all.
        source = f"(select {none} where false union all by name select * from {source})"
    columns = ", ".join(f'"{name}"::{kind} as "{name}"' for name, kind in typed.items())
    return f"select {columns} from {source}"
