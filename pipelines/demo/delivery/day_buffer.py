"""A buffer of rows from many blocks of customers, read window of days by window of days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pyarrow as pa


@dataclass(slots=True)
class DayBuffer:
    """Rows by name and window; on disk under `folder`, or in memory where there is none.

    `edges` are the first days of the windows, ascending; earlier days belong to the first.
    """

    edges: Sequence[int]
    folder: Path | None = None
    _held: dict[tuple[str, int], list[pl.DataFrame]] = field(default_factory=dict)

    def put(self, name: str, rows: pl.DataFrame, day: str) -> None:
        """Add rows, each to the window that its `day` falls into."""
        inner = list(self.edges[1:])
        at = pl.Series(inner, dtype=pl.Int64).search_sorted(rows[day], side="right")
        parts = rows.with_columns(_window=at).partition_by(
            "_window", as_dict=True, maintain_order=True
        )
        for (number,), part in parts.items():
            self._add(name, int(number), part.drop("_window"))

    def _add(self, name: str, window: int, rows: pl.DataFrame) -> None:
        if self.folder is None:
            self._held.setdefault((name, window), []).append(rows)
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{name}.{window}").open("ab") as stream:
            rows.write_ipc_stream(stream, compat_level=pl.CompatLevel.oldest())

    def take(self, name: str, window: int) -> Iterator[pl.DataFrame]:
        """The rows of a window, block after block as they were given; they are gone then."""
        if self.folder is None:
            yield from self._held.pop((name, window), [])
            return
        path = self.folder / f"{name}.{window}"
        if path.exists():
            yield from _streams(path)
            path.unlink()


def _streams(path: Path) -> Iterator[pl.DataFrame]:
    size = path.stat().st_size
    with pa.OSFile(str(path)) as source:
        while source.tell() < size:
            with pa.ipc.open_stream(source) as stream:
                frame = pl.from_arrow(stream.read_all())
            if isinstance(frame, pl.DataFrame):
                yield frame
