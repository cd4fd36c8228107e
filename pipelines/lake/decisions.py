"""Manual decisions on record: rows are only ever appended, each once."""

import polars as pl

from pipelines.lake.control import DECISIONS
from pipelines.lake.lake import Lake, Written
from quality.reconciliation.decisions import COLUMNS


def read_decisions(lake: Lake) -> pl.DataFrame:
    """Every row that was ever recorded; see `quality.reconciliation.decisions.COLUMNS`."""
    if not lake.exists(DECISIONS):
        return pl.DataFrame(schema=dict(COLUMNS))
    return lake.read(DECISIONS).collect()


def record_decision(lake: Lake, row: dict[str, object], *, token: str) -> Written:
    """Append one row, once per token."""
    lake.create(DECISIONS, COLUMNS)
    return lake.append_once(DECISIONS, pl.DataFrame([row], schema=dict(COLUMNS)), tokens=[token])
