"""Parquet files that can become a part of a table as they are, without being written again."""

import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from deltalake.transaction import AddAction


@dataclass(frozen=True, slots=True)
class ParquetPart:
    """A Parquet file of a table's columns, and what Delta's log will say of it."""

    path: Path
    rows: int

    def as_action(self, name: str) -> AddAction:
        """The log's entry for the file under its name in the table."""
        status = self.path.stat()
        return AddAction(
            path=name,
            size=status.st_size,
            partition_values={},
            modification_time=status.st_mtime_ns // 1_000_000,
            data_change=True,
            # Never more than this: a column with some statistics and not all of them is pruned
            # away by readers that filter (see `properties.WITHOUT_BOUNDS`).
            stats=json.dumps({"numRecords": self.rows}),
        )


def write_part(frame: pl.DataFrame, path: Path) -> ParquetPart:
    """Write rows to a Parquet file, which bears the bounds of its columns in its own footer."""
    reals = any(dtype.is_float() for dtype in frame.schema.values())
    # Bounds of reals leave NaN out, and mislead who counts by them (see `properties.footers`).
    frame.write_parquet(path, compression="snappy", statistics=not reals)
    return ParquetPart(path, frame.height)
