"""Manual decisions on record: rows are only ever appended, each once."""

from collections.abc import Mapping, Sequence

import polars as pl

from pipelines.lake.lake import Lake
from pipelines.lake.write_result import WriteResult
from pipelines.records.control_tables import DECISIONS
from quality.reconciliation.decisions.model import COLUMNS


def read_decisions(lake: Lake) -> pl.DataFrame:
    """Every row that was ever recorded; see `quality.reconciliation.decisions.model.COLUMNS`."""
    if not lake.exists(DECISIONS):
        return pl.DataFrame(schema=dict(COLUMNS))
    return lake.read(DECISIONS).collect()


def record_decisions(
    lake: Lake, rows: Sequence[Mapping[str, object]], *, transaction_ids: Sequence[str]
) -> WriteResult:
    """Append rows, all of them in one commit or none, once per transaction id."""
    lake.create(DECISIONS, COLUMNS)
    lake.widen(DECISIONS, COLUMNS)
    frame = pl.DataFrame(rows, schema=dict(COLUMNS))
    return lake.append_once(DECISIONS, frame, transaction_ids=transaction_ids)
