"""The history of breaks on record: changes are only ever appended, each once."""

import polars as pl

from pipelines.lake.lake import Lake
from pipelines.lake.write_result import WriteResult
from pipelines.records.control_tables import BREAK_EVENTS
from quality.reconciliation.breaks.history import BREAK_EVENTS as SCHEMA


def read_break_events(lake: Lake) -> pl.DataFrame:
    """Every change that was ever recorded.

    One row per change, in the columns of `BREAK_EVENTS`.
    """
    lake.create(BREAK_EVENTS, SCHEMA)
    return lake.read(BREAK_EVENTS).collect()


def record_break_events(lake: Lake, new: pl.DataFrame, *, after: int) -> WriteResult:
    """Append changes that were found on a record of `after` rows.

    Of two runs that found changes on the same record one writes: what the other found is found
    again by the next run, if it is still so.
    """
    if new.is_empty():
        return WriteResult(BREAK_EVENTS, lake.open(BREAK_EVENTS).version(), 0)
    return lake.append_once(BREAK_EVENTS, new, transaction_ids=[f"after {after}"])
