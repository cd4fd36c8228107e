"""The waiting rows of one table, set aside on disk while the next ones are being read."""

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import TracebackType
from uuid import uuid4

import polars as pl

from pipelines.lake.parts import Part, write_part

_ENOUGH = 400_000
"""Rows held in memory before they are set aside on disk."""


class Writer:
    """Writes numbered parts into a folder, one after the other, beside the reading."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._numbers = folder, count()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spool")

    def write(self, frames: list[pl.DataFrame]) -> Future[Part]:
        """Begin to write rows as one part; every part has a number of its own."""
        path = self._folder / f"{next(self._numbers)}-{uuid4().hex}.parquet"
        return self._thread.submit(lambda: write_part(pl.concat(frames), path))

    def __enter__(self) -> "Writer":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)


@dataclass(slots=True)
class Sheaf:
    """Rows of one table: most of them on disk, the last of them in memory."""

    writer: Writer
    frames: list[pl.DataFrame] = field(default_factory=list)
    held: int = 0
    parts: list[Future[Part]] = field(default_factory=list)

    def add(self, frame: pl.DataFrame) -> None:
        """Put rows in; set them aside on disk when there are enough."""
        self.frames.append(frame)
        self.held += frame.height
        if self.held >= _ENOUGH:
            self._set_aside()

    def on_disk(self) -> list[Part]:
        """All rows, as parts on disk."""
        self._set_aside()
        return [part.result() for part in self.parts]

    def take_over(self, other: "Sheaf") -> None:
        """Take all rows of another sheaf."""
        self.parts += other.parts
        for frame in other.frames:
            self.add(frame)

    def burn(self) -> None:
        """Lose everything."""
        for part in self.parts:
            with suppress(OSError, pl.exceptions.PolarsError):
                part.result().path.unlink()
        self.parts, self.frames, self.held = [], [], 0

    def _set_aside(self) -> None:
        if self.parts:
            self.parts[-1].result()  # at most one part is on its way: memory stays bounded
        if self.frames:
            self.parts.append(self.writer.write(self.frames))
            self.frames, self.held = [], 0
