"""The lake: plain Delta tables under one folder, and the few verbs on them.

A table is named `<layer>/<table>` and lies at that path; any Delta reader opens it. A commit
carries transaction ids (Delta's `txn`); one that the table has seen is never committed again.
"""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import polars as pl
import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Schema, Transaction, write_deltalake
from deltalake.exceptions import CommitFailedError

from pipelines.lake.counting import RowCounter
from pipelines.lake.local_files import scan_table
from pipelines.lake.parquet_parts import ParquetPart
from pipelines.lake.synthetic import SYNTHETIC
from pipelines.lake.table_properties import CONFIGURATION, without_log_bounds, writer_properties
from pipelines.lake.transaction_ids import committed_transaction_ids
from pipelines.lake.views import create_views, relation_of
from pipelines.lake.write_result import ConflictError, WriteResult

LAYERS = ("bronze", "silver", "gold", "features", "control")
"""The folders that hold tables; `landing` beside them holds files."""

_TABLE = re.compile(rf"({'|'.join(LAYERS)})/[a-z][a-z0-9_]*")
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Lake:
    """One lake, by its folder. Holds no handle: every call opens the table as it stands."""

    root: Path

    @property
    def landing(self) -> Path:
        """Where files lie as they arrived, as `<feed>/<yyyy-mm-dd>/<file>`."""
        return self.root / "landing"

    @property
    def profiles(self) -> Path:
        """Where the profiles lie that people saved for tables of their own."""
        return self.root / "profiles"

    @property
    def is_synthetic(self) -> bool:
        """Whether what landed here says of itself that it is simulated."""
        return (self.landing / SYNTHETIC).exists()

    @property
    def scratch(self) -> Path:
        """Room for what outlives no run: spilled rows, private DuckDB files."""
        return self.root / ".scratch"

    def path(self, table: str) -> Path:
        """Where a table lies.

        Raises:
            ValueError: not a table name, or the path leaves the lake through a link.
        """
        if not _TABLE.fullmatch(table):
            raise ValueError(f"{table!r} is not the name of a table: <layer>/<table>")
        path = self.root / table
        if not path.resolve().is_relative_to(self.root.resolve()):
            raise ValueError(f"{table} leads out of the lake")
        return path

    def exists(self, table: str) -> bool:
        """Whether the table has been created."""
        return DeltaTable.is_deltatable(str(self.path(table)))

    def version(self, table: str) -> int | None:
        """The newest version of a table; None when it does not exist."""
        return self.open(table).version() if self.exists(table) else None

    def open(self, table: str, version: int | None = None) -> DeltaTable:
        """The Delta table itself, for reading what the other verbs do not give."""
        return DeltaTable(self.path(table), version=version)

    def create(self, table: str, schema: Mapping[str, pl.DataType]) -> None:
        """Make an empty table; nothing happens when it exists."""
        if self.exists(table):
            return
        arrow = pl.DataFrame(schema=schema).to_arrow().schema
        try:
            DeltaTable.create(self.path(table), arrow, mode="ignore", configuration=CONFIGURATION)
        except CommitFailedError:
            if not self.exists(table):
                raise

    def widen(self, table: str, schema: Mapping[str, pl.DataType]) -> None:
        """Add the columns of `schema` that the table lacks; older rows have nothing in them."""
        wanted = Schema.from_arrow(pl.DataFrame(schema=schema).to_arrow().schema)
        for _ in range(_ATTEMPTS):
            opened = self.open(table)
            here = {field.name for field in opened.schema().fields}
            missing = [field for field in wanted.fields if field.name not in here]
            if not missing:
                return
            with suppress(CommitFailedError):
                opened.alter.add_columns(missing)
        raise ConflictError(f"{table}: gave way to other writers {_ATTEMPTS} times")

    def read(
        self, table: str, *, version: int | None = None, columns: Sequence[str] | None = None
    ) -> pl.LazyFrame:
        """The rows of a table as Polars sees them, at its newest version or an earlier one."""
        frame = scan_table(self.open(table, version))
        return frame.select(columns) if columns is not None else frame

    def relation(
        self, con: duckdb.DuckDBPyConnection, table: str, *, version: int | None = None
    ) -> duckdb.DuckDBPyRelation:
        """A table as DuckDB sees it, pinned: later commits do not change what it gives."""
        return relation_of(con, self.open(table, version))

    def register(
        self,
        con: duckdb.DuckDBPyConnection,
        *tables: str,
        versions: Mapping[str, int] | None = None,
    ) -> None:
        """Make views `"<layer>"."<table>"` over tables, each pinned to one version."""
        pinned = versions or {}
        create_views(con, {table: self.open(table, pinned.get(table)) for table in tables})

    def recorded(self, table: str, transaction_ids: Sequence[str]) -> set[str]:
        """Those of `transaction_ids` that the table has committed."""
        if not self.exists(table):
            return set()
        return committed_transaction_ids(
            self.open(table), self.path(table) / "_delta_log", set(transaction_ids)
        )

    def append_once(
        self,
        table: str,
        rows: pl.DataFrame | pa.RecordBatchReader,
        *,
        transaction_ids: Sequence[str],
    ) -> WriteResult:
        """Append rows in one commit together with the transaction ids that name them.

        Tokens that are all recorded mean that the rows are there: nothing is written. A commit has
        all of its rows and transaction ids or none of them.

        Raises:
            ValueError: no transaction ids were given.
            ConflictError: some of the transaction ids are recorded and others not. The caller asks
                `recorded` first and brings only rows that are missing; asked again after a
                conflict with another writer, it tells what is still to be done.
        """
        counted = RowCounter(rows)

        def write(here: DeltaTable | None, commit: CommitProperties) -> int:
            self._write(table, here, counted, "append", commit)
            return counted.rows

        return self._once(table, transaction_ids, write)

    def adopt_once(
        self, table: str, parts: Sequence[ParquetPart], *, transaction_ids: Sequence[str]
    ) -> WriteResult:
        """Append Parquet files as they are, as `append_once` appends rows.

        The files are linked into the table, so they must lie on the same disk, and must never be
        changed afterwards; the caller may delete its own copies.

        Raises:
            ValueError: no ids, or a file has not exactly the columns and types of the table.
            ConflictError: as for `append_once`.
        """
        stored = scan_table(self.open(table)).collect_schema()
        for part in parts:
            # By name: a column that a table has gained is its last, and elsewhere in a contract.
            if dict(pl.read_parquet_schema(part.path)) != dict(stored):
                raise ValueError(f"{part.path.name} has not the columns of {table}")
        names = [f"part-{uuid4().hex}.parquet" for _ in parts]

        def write(here: DeltaTable | None, commit: CommitProperties) -> int:
            opened = here or self.open(table)
            for part, name in zip(parts, names, strict=True):
                os.link(part.path, self.path(table) / name)
            actions = [p.as_action(name) for p, name in zip(parts, names, strict=True)]
            opened.create_write_transaction(
                list(actions), "append", opened.schema(), [], commit_properties=commit
            )
            return sum(part.rows for part in parts)

        return self._once(table, transaction_ids, write)

    def _once(
        self,
        table: str,
        transaction_ids: Sequence[str],
        write: Callable[[DeltaTable | None, CommitProperties], int],
    ) -> WriteResult:
        """Make a commit that carries transaction ids, unless the table has them already.

        The commit is based on the very snapshot in which the ids were looked for: Delta compares it
        with later commits, and one that carries an id of ours is a conflict. On a snapshot opened
        later that commit would be history, and its rows would be doubled.
        """
        if not transaction_ids:
            raise ValueError(f"an append to {table} needs at least one transaction_id")
        wanted = set(transaction_ids)
        here = self._writable(table)
        log = self.path(table) / "_delta_log"
        seen = set() if here is None else committed_transaction_ids(here, log, wanted)
        if here is not None and seen == wanted:
            return WriteResult(table, here.version(), 0)
        if seen:
            raise ConflictError(
                f"{len(seen)} of {len(wanted)} transaction_ids are in {table} already"
            )
        transactions = [
            Transaction(app_id=transaction_id, version=1) for transaction_id in sorted(wanted)
        ]
        try:
            rows = write(here, CommitProperties(app_transactions=transactions))
        except CommitFailedError as error:
            # Appends commute, so only a writer with one of our ids can have been in the way.
            if self.recorded(table, transaction_ids) != wanted:
                raise ConflictError(f"append to {table}: {error}") from error
            return WriteResult(table, self.open(table).version(), 0)
        return WriteResult(table, self.open(table).version(), rows)

    def _writable(self, table: str) -> DeltaTable | None:
        return without_log_bounds(self.open(table)) if self.exists(table) else None

    def overwrite(
        self,
        table: str,
        rows: pl.DataFrame | pa.RecordBatchReader,
        *,
        note: Mapping[str, str] | None = None,
    ) -> WriteResult:
        """Replace what the table says, schema included; earlier versions stay readable."""
        counted = RowCounter(rows)
        commit = CommitProperties(custom_metadata=dict(note or {}))
        version = self._write(table, self._writable(table), counted, "overwrite", commit)
        return WriteResult(table, version, counted.rows)

    def merge(self, table: str, rows: pl.DataFrame, key: Sequence[str]) -> WriteResult:
        """Update the rows that have a key of ours, insert the others.

        Raises:
            ValueError: `rows` has a key twice, or a key with an empty part.
            ConflictError: other writers kept changing the table.
        """
        if rows.select(key).is_duplicated().any():
            raise ValueError(f"merge into {table}: a key is given twice")
        if any(rows.get_column(name).null_count() for name in key):
            raise ValueError(f"merge into {table}: a key is empty")
        self.create(table, rows.schema)
        predicate = " and ".join(f'stored."{name}" = given."{name}"' for name in key)
        for _ in range(_ATTEMPTS):
            opened = without_log_bounds(self.open(table))
            given = rows.to_arrow()
            merger = opened.merge(given, predicate, "given", "stored")
            try:
                merger.when_matched_update_all().when_not_matched_insert_all().execute()
                # A merge leaves text as Arrow's `string_view`, by which pyarrow cannot filter.
                opened.optimize.z_order(
                    list(key), writer_properties=writer_properties(given.schema)
                )
            except CommitFailedError:
                continue
            return WriteResult(table, opened.version(), rows.height)
        raise ConflictError(f"merge into {table}: gave way to other writers {_ATTEMPTS} times")

    def _write(
        self,
        table: str,
        here: DeltaTable | None,
        rows: RowCounter,
        mode: Any,
        commit: CommitProperties,
    ) -> int:
        """Write rows, to a table that may not be there yet; the version that holds them."""
        stream = rows.stream()
        write_deltalake(
            here or self.path(table),
            stream,
            mode=mode,
            schema_mode="overwrite" if mode == "overwrite" else None,
            configuration=None if here else CONFIGURATION,
            commit_properties=commit,
            writer_properties=writer_properties(stream.schema),
        )
        return (here or self.open(table)).version()
