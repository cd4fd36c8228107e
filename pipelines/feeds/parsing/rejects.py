"""Rows that could not be typed, as a frame of the agreed columns."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from pipelines.feeds.parsing.delimited_lines import BrokenLine
from pipelines.feeds.reading import NONE_REJECTED, REJECTED


@dataclass(frozen=True, slots=True)
class Reject:
    """One row rejected: its place, the reason for people, and its text."""

    table: str
    source_row: int
    reason: str
    content: str
    amount: Decimal | None = None
    currency: str | None = None
    source_path: str | None = None


def rejected(rejects: Iterable[Reject]) -> pl.DataFrame:
    """The rejects as a frame with the columns of `REJECTED`."""
    given = list(rejects)
    if not given:
        return NONE_REJECTED
    columns = {name: [getattr(reject, name) for reject in given] for name in REJECTED}
    return pl.DataFrame(columns, schema=dict(REJECTED))


def in_order(*rejects: pl.DataFrame) -> pl.DataFrame:
    """Rejects of several kinds by the line on which they stand."""
    given = [frame for frame in rejects if not frame.is_empty()]
    return pl.concat(given).sort("source_row") if given else NONE_REJECTED


def broken_lines(table: str, broken: Iterable[BrokenLine]) -> pl.DataFrame:
    """Lines that are no records, as rejects of the table they were meant for."""
    return rejected(
        Reject(table, line.line, line.reason, content({"line": line.text})) for line in broken
    )


def content(row: Mapping[str, Any]) -> str:
    """The row's text as JSON, without what was not given."""
    return json.dumps(
        {name: str(value) for name, value in row.items() if value is not None}, ensure_ascii=False
    )
