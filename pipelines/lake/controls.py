"""What is on record of a day's controls, each as it was held last."""

from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import date

import polars as pl

from pipelines.lake.control import CONTROLS
from pipelines.lake.lake import Lake
from quality.verdict import Control

_SAID = tuple(field.name for field in fields(Control))


def controls_on(
    lake: Lake, as_of: date, *, held_whole: Collection[str]
) -> Mapping[str, tuple[Control, ...]]:
    """What each control said of a day, by its name.

    Args:
        lake: the lake whose controls they are.
        as_of: the day.
        held_whole: controls that every run holds over all of their scopes, so that what the last
            run said is all there is to say: a scope that failed in the run before and is not named
            again holds. Of any other control each scope is as it was recorded last.
    """
    if not lake.exists(CONTROLS):
        return {}
    rows = lake.read(CONTROLS).filter(pl.col("as_of") == as_of).collect().sort("recorded_at")
    whole = pl.col("name").is_in(list(held_whole))
    of_last_run = pl.col("run_id") == pl.col("run_id").last().over("name")
    of_scope = pl.int_range(pl.len()).over("name", "scope") == pl.len().over("name", "scope") - 1
    found: dict[str, list[Control]] = {}
    said = rows.filter((whole & of_last_run) | (~whole & of_scope))
    known = [name for name in _SAID if name in said.columns]  # an older lake has fewer
    for row in said.select(known).iter_rows(named=True):
        found.setdefault(row["name"], []).append(Control(**row))
    return {name: tuple(said) for name, said in found.items()}
