"""Rows on their way into a table."""

from collections.abc import Iterator
from typing import Any

import polars as pl
import pyarrow as pa


class RowCounter:
    """Rows on their way into a table, counted as they pass."""

    def __init__(self, rows: pl.DataFrame | pa.RecordBatchReader) -> None:
        self.rows = 0
        self._given: Any = rows

    def stream(self) -> Any:
        """What the Delta writer takes."""
        if isinstance(self._given, pl.DataFrame):
            self.rows = self._given.height
            return self._given.to_arrow()
        return pa.RecordBatchReader.from_batches(self._given.schema, self._passing())

    def _passing(self) -> Iterator[Any]:
        for batch in self._given:
            self.rows += batch.num_rows
            yield batch
