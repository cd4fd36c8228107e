"""The waiting rows of one table, set aside on disk while the next ones are being read."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import TracebackType
from uuid import uuid4

import numpy as np
import polars as pl

from pipelines.lake.parquet_parts import ParquetPart, write_part
from pipelines.landing.zone import LandedFile
from quality.contract import INSTANT, ORIGIN

_ENOUGH = 400_000
"""Rows held in memory before they are set aside on disk."""


@dataclass(frozen=True, slots=True)
class FileRows:
    """Rows of one file, as its reader gave them."""

    landed: LandedFile
    rows: pl.DataFrame


class PartWriter:
    """Writes numbered parts into a folder, one after the other, beside the reading."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._numbers = folder, count()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="staging")

    def write(self, waiting: Sequence[FileRows]) -> Future[ParquetPart]:
        """Begin to write rows, with their origin, as one part that has a number of its own."""
        path = self._folder / f"{next(self._numbers)}-{uuid4().hex}.parquet"
        return self._thread.submit(lambda: write_part(_with_origin(waiting), path))

    def __enter__(self) -> "PartWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)


@dataclass(slots=True)
class TableBuffer:
    """Rows of one table: most of them on disk, the last of them in memory."""

    writer: PartWriter
    waiting: list[FileRows] = field(default_factory=list)
    held: int = 0
    parts: list[Future[ParquetPart]] = field(default_factory=list)

    def add(self, waiting: FileRows) -> None:
        """Put rows in; set them aside on disk when there are enough."""
        self.waiting.append(waiting)
        self.held += waiting.rows.height
        if self.held >= _ENOUGH:
            self._set_aside()

    def on_disk(self) -> list[ParquetPart]:
        """All rows, as parts on disk."""
        self._set_aside()
        return [part.result() for part in self.parts]

    def merge(self, other: "TableBuffer") -> None:
        """Take all rows of another buffer."""
        self.parts += other.parts
        for waiting in other.waiting:
            self.add(waiting)

    def discard(self) -> None:
        """Delete all rows, in memory and on disk."""
        for part in self.parts:
            with suppress(OSError, pl.exceptions.PolarsError):
                part.result().path.unlink()
        self.parts, self.waiting, self.held = [], [], 0

    def _set_aside(self) -> None:
        if self.parts:
            self.parts[-1].result()  # at most one part is on its way: memory stays bounded
        if self.waiting:
            self.parts.append(self.writer.write(self.waiting))
            self.waiting, self.held = [], 0


def _with_origin(waiting: Sequence[FileRows]) -> pl.DataFrame:
    """The rows of many files, each with where it came from, in the columns' order of bronze."""
    rows = pl.concat([file_rows.rows for file_rows in waiting])
    files = [file_rows.landed for file_rows in waiting]
    origins = pl.DataFrame(
        {
            "source_file": [file.file for file in files],
            "source_sha256": [file.sha256 for file in files],
            "known_at": pl.Series([file.known_at for file in files], dtype=INSTANT),
        }
    )
    of_row = np.repeat(np.arange(len(files)), [file_rows.rows.height for file_rows in waiting])
    columns = {column.name: column for column in (*rows, *origins[of_row])}
    order = [*(name for name in columns if name not in ORIGIN), *ORIGIN]
    return pl.DataFrame([columns[name] for name in order])
