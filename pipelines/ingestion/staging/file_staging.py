"""Rows on their way in, held aside on disk until their whole file is known to be good."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

import polars as pl

from pipelines.feeds.reading import REJECTED, Reading
from pipelines.ingestion.staging.table_buffer import Sheaf, Waiting, Writer
from pipelines.lake.parquet_parts import Part
from pipelines.landing.zone import Landed
from quality.contract import contract

REJECTS = "__rejected"
"""The sheaf of rows that a reader could not type."""

_IN_ROW: Mapping[str, pl.DataType] = {"source_row": pl.Int64(), "source_path": pl.String()}


@dataclass(slots=True)
class Spool:
    """The waiting rows of many files, a sheaf for each table, in the order of reading."""

    writer: Writer
    sheaves: dict[str, Sheaf] = field(default_factory=dict)

    @contextmanager
    def file(self, landed: Landed) -> Iterator["Draft"]:
        """Take one file's rows: all of them when the block ends well, none when it raises."""
        draft = Draft(self, landed)
        try:
            yield draft
        except BaseException:
            for sheaf in draft.sheaves.values():
                sheaf.burn()
            raise
        for name, sheaf in draft.sheaves.items():
            self.sheaves.setdefault(name, Sheaf(self.writer)).take_over(sheaf)

    def tables(self) -> tuple[str, ...]:
        """The bronze tables for which rows wait."""
        return tuple(sorted(name for name in self.sheaves if name != REJECTS))

    def parts(self, sheaf: str) -> list[Part]:
        """The Parquet files that hold a sheaf, all of it."""
        return self.sheaves[sheaf].on_disk() if sheaf in self.sheaves else []


@dataclass(slots=True)
class Draft:
    """One file's rows while the file is being read."""

    spool: Spool
    landed: Landed
    sheaves: dict[str, Sheaf] = field(default_factory=dict)
    rows: int = 0

    def add(self, reading: Reading) -> None:
        """Take the rows of one part, with their origin."""
        for table, frame in reading.tables.items():
            self._put(table, frame, _waiting_schema(table))
        self._put(REJECTS, reading.rejected, pl.Schema(REJECTED))

    def _put(self, name: str, rows: pl.DataFrame, schema: pl.Schema) -> None:
        if rows.is_empty():
            return
        self.rows += rows.height
        sheaf = self.sheaves.setdefault(name, Sheaf(self.spool.writer))
        sheaf.add(Waiting(self.landed, _in_shape(rows, schema)))


def _in_shape(rows: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """The columns of a schema in its order; a query engine is not asked, for files are many."""
    if rows.schema == schema:
        return rows
    columns = [rows.get_column(name).cast(dtype) for name, dtype in schema.items()]
    return pl.DataFrame(columns)


@cache
def _waiting_schema(table: str) -> pl.Schema:
    return pl.Schema({**contract(table).schema, **_IN_ROW})
