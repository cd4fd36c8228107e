"""The figures of a lake, read with nothing but Polars, so that moved code cannot move them too."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

LAYERS = ("bronze", "silver", "gold", "features", "control")


def tables_of(lake: Path) -> list[str]:
    """Every Delta table under a lake's folder, as `<layer>/<table>`."""
    found = (log.parent for layer in LAYERS for log in (lake / layer).glob("*/_delta_log"))
    return sorted(f"{table.parent.name}/{table.name}" for table in found)


def read_table(lake: Path, table: str) -> pl.DataFrame:
    """All rows of a table at its newest version."""
    return pl.read_delta(str(lake / table))


def checksum(rows: pl.DataFrame, columns: Collection[str]) -> str:
    """A digest of the rows in those columns; neither the order of rows nor of columns counts."""
    lines = sorted(_lines(rows.select(sorted(columns))))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def missing_rows(before: pl.DataFrame, after: pl.DataFrame) -> list[str]:
    """Rows of `before` that `after` lacks, as often as they are missing; columns must be alike."""
    return sorted((Counter(_lines(before)) - Counter(_lines(after))).elements())


def _lines(rows: pl.DataFrame) -> list[str]:
    return [json.dumps(row, default=_plain) for row in rows.iter_rows()]


def figures_of(lake: Path, varying: Mapping[str, Collection[str]]) -> dict[str, dict[str, Any]]:
    """For each table its rows, columns, sums of decimals and a checksum.

    Args:
        lake: the folder of the lake.
        varying: columns that another run fills in anew, by table; no checksum covers them.
    """
    figures = {}
    for table in tables_of(lake):
        rows = read_table(lake, table)
        lasting = sorted(set(rows.columns) - set(varying.get(table, ())))
        figures[table] = figures_in(rows, lasting)
    return figures


def figures_in(rows: pl.DataFrame, columns: Collection[str]) -> dict[str, Any]:
    """How many rows there are, what their decimals add up to, and a checksum of some columns."""
    decimals = [name for name in sorted(columns) if isinstance(rows.schema[name], pl.Decimal)]
    return {
        "rows": rows.height,
        "columns": sorted(columns),
        "sums": {name: _plain(rows[name].sum()) for name in decimals},
        "checksum": checksum(rows, columns),
    }


def _plain(value: object) -> str:
    """A value as text, alike for equal values: 1.50 and 1.500 are the same amount."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return repr(value)


def summary_of(lake: Path, as_of: date) -> dict[str, Any]:
    """What `countinghouse run` says at its end, as plain values."""
    from pipelines.lake.lake import Lake
    from pipelines.runs.summary import summarise

    said: dict[str, Any] = json.loads(
        json.dumps(asdict(summarise(Lake(lake), as_of)), default=_plain)
    )
    return said
