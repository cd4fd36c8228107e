"""Parquet files that can become a part of a table as they are, without being written again."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
from deltalake.transaction import AddAction


@dataclass(frozen=True, slots=True)
class Part:
    """A Parquet file of a table's columns, and what Delta's log will say of it."""

    path: Path
    rows: int
    stats: str

    def as_action(self, name: str) -> AddAction:
        """The log's entry for the file under its name in the table."""
        status = self.path.stat()
        return AddAction(
            path=name,
            size=status.st_size,
            partition_values={},
            modification_time=status.st_mtime_ns // 1_000_000,
            data_change=True,
            stats=self.stats,
        )


def write_part(frame: pl.DataFrame, path: Path) -> Part:
    """Write rows to a Parquet file; readers may skip it by the bounds of its dates and numbers."""
    frame.write_parquet(path, compression="snappy")
    return Part(path, frame.height, _stats(frame))


def _stats(frame: pl.DataFrame) -> str:
    # Delta's statistics leave out text: a bound that is cut short needs care, and gains nothing.
    bounded = [
        name
        for name, dtype in frame.schema.items()
        if dtype.is_temporal() or dtype.is_integer()
        if frame[name].null_count() < frame.height
    ]
    return json.dumps(
        {
            "numRecords": frame.height,
            "minValues": {name: _plain(frame[name].min()) for name in bounded},
            "maxValues": {name: _plain(frame[name].max()) for name in bounded},
            "nullCount": {name: frame[name].null_count() for name in frame.columns},
        }
    )


def _plain(bound: object) -> object:
    if isinstance(bound, datetime):
        return bound.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return bound.isoformat() if isinstance(bound, date) else bound
