"""What every table of the lake says of itself to whoever writes it."""

from collections.abc import Mapping
from contextlib import suppress

import pyarrow as pa
from deltalake import ColumnProperties, DeltaTable, WriterProperties
from deltalake.exceptions import CommitFailedError

WITHOUT_BOUNDS: Mapping[str, str] = {"delta.dataSkippingNumIndexedCols": "0"}
"""The log counts the rows of a file and keeps no bounds of its columns. Bounds in a log are JSON:
text is cut short, a decimal is a float, a microsecond a millisecond; and a column that counts its
nulls without bounds reads as `column >= null`. Filtered reads then lose rows. The footer of each
Parquet file has the same bounds in their own types, and every reader prunes by those."""

CONFIGURATION: Mapping[str, str] = {
    **WITHOUT_BOUNDS,
    "delta.checkpointInterval": "20",
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
}
"""History is never forgotten behind our back: a past version is read until maintenance, which knows
what is pinned, lets it go. Checkpoints keep a table with thousands of transaction ids quick to
open."""


def without_log_bounds(table: DeltaTable) -> DeltaTable:
    """The table, told to keep no bounds where older code made it without saying so."""
    if not WITHOUT_BOUNDS.items() <= table.metadata().configuration.items():
        with suppress(CommitFailedError):  # another writer has just said the same
            table.alter.set_table_properties(dict(WITHOUT_BOUNDS))
        table.update_incremental()
    return table


def writer_properties(schema: pa.Schema) -> WriterProperties:
    """How the Parquet files of a table are written: without bounds of reals.

    A bound of reals leaves NaN out, and a reader who finds that all bounds are 1.5 counts the NaN
    beside it as 1.5 too.
    """
    reals = (field.name for field in schema if pa.types.is_floating(field.type))
    silent = ColumnProperties(statistics_enabled="NONE")
    return WriterProperties(column_properties=dict.fromkeys(reals, silent))
