"""What is on record of a day's controls, each as it was held last."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date

import polars as pl

from pipelines.lake.lake import Lake
from pipelines.records.control_tables import CONTROLS
from quality.verdict import ControlResult

_SAID = tuple(field.name for field in fields(ControlResult))


def of_last_run(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of control/controls without what an earlier run said of the same control and day.

    A run holds a control over all of its scopes: one that failed and is not named again holds.
    """
    last = pl.col("run_id").last().over("name", "as_of")
    return rows.sort("recorded_at", maintain_order=True).filter(pl.col("run_id") == last)


def controls_on(lake: Lake, as_of: date) -> Mapping[str, tuple[ControlResult, ...]]:
    """What the last run that held each control said of a day, by the control's name."""
    if not lake.exists(CONTROLS):
        return {}
    rows = of_last_run(lake.read(CONTROLS).filter(pl.col("as_of") == as_of).collect())
    known = [name for name in _SAID if name in rows.columns]  # an older lake has fewer
    by_name: dict[str, list[ControlResult]] = {}
    for row in rows.select(known).iter_rows(named=True):
        by_name.setdefault(row["name"], []).append(ControlResult(**row))
    return {name: tuple(results) for name, results in by_name.items()}
