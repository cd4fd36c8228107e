"""Delta tables as DuckDB relations at a given version; read, never written."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

import duckdb
import pyarrow as pa
from deltalake import DeltaTable
from deltalake.exceptions import TableNotFoundError

from features.events import quoted

_UNLIKE_PARQUET = {"deletionVectors", "columnMapping"}
"""Delta features under which the rows of a file are not those of its table."""


class MissingTableError(LookupError):
    """A feature table is not there, or not at the version asked for."""


def delta_table(path: str | Path, version: int | None = None) -> DeltaTable:
    """The Delta table in a folder, at a version or, without one, at its newest.

    Raises:
        MissingTableError: there is no such table, or it has no such version (any more).
    """
    try:
        return DeltaTable(str(path), version=version)
    except TableNotFoundError as error:
        raise MissingTableError(f"no Delta table {Path(path).name}") from error
    except Exception as error:
        # delta-rs names an unknown version in several ways, none of them a type of its own.
        raise MissingTableError(
            f"{Path(path).name} at version {version}: {str(error).splitlines()[0]}"
        ) from error


def versions(paths: dict[str, Path]) -> dict[str, int]:
    """The newest version of each of some named tables."""
    return {name: delta_table(path).version() for name, path in paths.items()}


def register(
    con: duckdb.DuckDBPyConnection,
    name: str,
    table: DeltaTable,
    columns: Sequence[str],
    *,
    moment: str,
    since: datetime | None = None,
    until: datetime | None = None,
) -> None:
    """Make some columns of a Delta table visible to a connection as the view `name`.

    Files whose statistics say that `moment` is before `since` or after `until` in every row are
    left out; other rows of that kind may still come.

    Raises:
        MissingTableError: the table lacks a column.
    """
    declared = {field.name for field in table.schema().fields}
    if missing := [column for column in columns if column not in declared]:
        raise MissingTableError(f"{name} has no column {', '.join(missing)}")
    if not _reads_as_parquet(table, columns):
        # The one engine at hand that honours these; it cannot be read twice, so it is kept.
        con.register(name, pa.table(table.scan(list(columns), _bounds(moment, since, until))))
        return
    empty = pa.schema(table.schema().to_arrow()).empty_table().select(list(columns))
    found = table.file_uris(file_pruning_predicate=_bounds(moment, since, until))
    files = [unquote(address) for address in found]
    if files:
        _view_of_files(con, name, files, con.from_arrow(empty))
    else:
        con.register(name, empty)


def _reads_as_parquet(table: DeltaTable, columns: Sequence[str]) -> bool:
    features = set(table.protocol().reader_features or ())
    partitioned = set(table.metadata().partition_columns)
    return not (features & _UNLIKE_PARQUET or partitioned & set(columns))


def _bounds(moment: str, since: datetime | None, until: datetime | None) -> str | None:
    parts = [] if since is None else [f"{moment} >= '{since.isoformat()}'"]
    parts += [] if until is None else [f"{moment} <= '{until.isoformat()}'"]
    return " AND ".join(parts) or None


def _view_of_files(
    con: duckdb.DuckDBPyConnection, name: str, files: list[str], empty: duckdb.DuckDBPyRelation
) -> None:
    found = con.read_parquet(files, union_by_name=True)
    # A column added later is absent from every older file.
    selected = [
        quoted(column) if column in found.columns else f"CAST(NULL AS {kind}) AS {quoted(column)}"
        for column, kind in zip(empty.columns, empty.types, strict=True)
    ]
    found.project(", ".join(selected)).create_view(name)
