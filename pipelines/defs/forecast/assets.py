"""Models judged against their baselines, and what they publish."""

from collections.abc import Callable, Mapping
from typing import Any

import dagster as dg
import polars as pl

from models import collections, fraud, liquidity
from models.shelf import Shelf
from models.standing import Standing
from pipelines.defs.forecast.reports import as_metadata, gate
from pipelines.defs.resources import Moment
from pipelines.lake.lake import Lake
from quality.contract import contract


def _read(lake: Lake, inputs: Mapping[str, str]) -> dict[str, pl.DataFrame]:
    return {field: lake.read(table).collect() for field, table in inputs.items()}


def _keys(inputs: Mapping[str, str]) -> list[list[str]]:
    return [table.split("/") for table in inputs.values()]
