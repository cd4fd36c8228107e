"""Rows of a file wait on disk until the reader has taken the whole file."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

import polars as pl

from pipelines.feeds.reading import REJECTED, Reading
from pipelines.ingestion.staging.table_buffer import FileRows, PartWriter, TableBuffer
from pipelines.lake.parquet_parts import ParquetPart
from pipelines.landing.zone import LandedFile
from quality.contract import contract

REJECTS = "__rejected"
"""The buffer of rows that a reader could not type."""

_IN_ROW: Mapping[str, pl.DataType] = {"source_row": pl.Int64(), "source_path": pl.String()}


@dataclass(slots=True)
class FileStaging:
    """Staged rows of many files: one buffer for each table, in the order of reading."""

    writer: PartWriter
    buffers: dict[str, TableBuffer] = field(default_factory=dict)

    @contextmanager
    def stage(self, landed: LandedFile) -> Iterator["StagedFile"]:
        """Stage one file: all of its rows when the block ends well, none when it raises."""
        staged = StagedFile(self, landed)
        try:
            yield staged
        except BaseException:
            for buffer in staged.buffers.values():
                buffer.discard()
            raise
        for name, buffer in staged.buffers.items():
            self.buffers.setdefault(name, TableBuffer(self.writer)).merge(buffer)

    def tables(self) -> tuple[str, ...]:
        """The bronze tables for which rows wait."""
        return tuple(sorted(name for name in self.buffers if name != REJECTS))

    def parts(self, buffer: str) -> list[ParquetPart]:
        """The Parquet files that hold all rows of a buffer."""
        return self.buffers[buffer].on_disk() if buffer in self.buffers else []


@dataclass(slots=True)
class StagedFile:
    """One file's rows while the file is being read."""

    staging: FileStaging
    landed: LandedFile
    buffers: dict[str, TableBuffer] = field(default_factory=dict)
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
        buffer = self.buffers.setdefault(name, TableBuffer(self.staging.writer))
        buffer.add(FileRows(self.landed, _in_shape(rows, schema)))


def _in_shape(rows: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """The columns of a schema in its order; a query engine is not asked, for files are many."""
    if rows.schema == schema:
        return rows
    columns = [rows.get_column(name).cast(dtype) for name, dtype in schema.items()]
    return pl.DataFrame(columns)


@cache
def _waiting_schema(table: str) -> pl.Schema:
    return pl.Schema({**contract(table).schema, **_IN_ROW})
