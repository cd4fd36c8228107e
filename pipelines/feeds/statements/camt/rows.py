"""Entries and their details put together, whole columns at a time.

An entry becomes its details where they add up to it (a batch), otherwise one row with the details
kept beside it; with one detail or none it is one row of the entry's own amount.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import polars as pl

from pipelines.feeds.reading import Finding, StatedTotal
from pipelines.feeds.statements.camt import columns
from pipelines.feeds.statements.camt.fields import DETAIL_FIELDS, ENTRY_FIELDS
from pipelines.feeds.statements.camt.parties import PARTIES
from pipelines.feeds.statements.camt.totals import of_batches
from pipelines.feeds.statements.text_tables import text_frame

ENTRY_KEYS = ("statement", "entry_index", "source_row", "source_path", "owner", "day", "entry_rest")
DETAIL_KEYS = ("entry", "detail_index", "detail_rest")


def _raw(keys: Sequence[str], names: Sequence[str]) -> pl.Schema:
    kinds = {name: pl.Int64() if name in _NUMBERS else pl.String() for name in keys}
    return pl.Schema({**kinds, **dict.fromkeys(names, pl.String())})


_NUMBERS = ("statement", "entry_index", "source_row", "entry", "detail_index")
_ENTRIES = _raw(ENTRY_KEYS, [f"e_{field.name}" for field in ENTRY_FIELDS])
_DETAILS = _raw(DETAIL_KEYS, [field.name for field in DETAIL_FIELDS])


def movements(
    entries: Sequence[tuple[Any, ...]], details: Sequence[tuple[Any, ...]]
) -> tuple[pl.DataFrame, list[Finding], list[StatedTotal]]:
    """Put raw entries and details together.

    Args:
        entries: `ENTRY_KEYS`, then the texts of `ENTRY_FIELDS`; `day` stands in for a missing date.
        details: `DETAIL_KEYS`, then `DETAIL_FIELDS`; `entry` is a position in `entries`.

    Returns:
        Rows of `ROW_SCHEMA`, what was odd about them, and what entries state of their batches.
    """
    above = text_frame(entries, _ENTRIES).with_columns(columns.OF_ENTRY)
    below = _beside(above, details) if details else _no_details()
    oddities = [*_oddities(above), *_unexploded(below, above)]
    return _rows(above, below), oddities, of_batches(above, below)


def _beside(above: pl.DataFrame, details: Sequence[tuple[Any, ...]]) -> pl.DataFrame:
    entry = above.select("entry", *columns.BESIDE_DETAILS)
    below = text_frame(details, _DETAILS)
    below = below.join(entry, on="entry", how="left", maintain_order="left")
    below = below.with_columns(columns.OWN)
    if not any(position for _, position, *_ in details):
        return below.with_columns(columns.NO_SHARE)
    return below.with_columns(columns.SIGNED).with_columns(columns.SHARE).with_columns(columns.HOW)


@cache
def _no_details() -> pl.DataFrame:
    return _beside(text_frame((), _ENTRIES).with_columns(columns.OF_ENTRY), ())


def _oddities(above: pl.DataFrame) -> list[Finding]:
    return [
        Finding(code, message, place)
        for code, (_, message) in columns.ODDITIES.items()
        if above[code].any()
        for place in above.filter(pl.col(code))["source_path"]
    ]


def _unexploded(below: pl.DataFrame, above: pl.DataFrame) -> list[Finding]:
    if not below["whole"].any():
        return []
    whole = below.filter(pl.col("whole") & (pl.col("detail_index") == 0))
    places = above["source_path"]
    return [
        Finding(
            "batch_does_not_add_up",
            f"{size} details do not add up to the entry in its currency; it is kept whole, "
            "the details in its remainder",
            places[entry],
        )
        for entry, size in whole.select("entry", "size").iter_rows()
    ]


def _rows(above: pl.DataFrame, below: pl.DataFrame) -> pl.DataFrame:
    some_whole = below["whole"].any()
    alone = below.filter(~pl.col("whole")) if some_whole else below
    alone = alone.drop(columns.BESIDE_DETAILS)
    rows = above.join(alone, on="entry", how="left", maintain_order="left_right")
    if some_whole:
        kept = _kept_whole(below.filter(pl.col("whole")))
        rows = rows.join(kept, on="entry", how="left", maintain_order="left")
    else:
        rows = rows.with_columns(pl.lit(None, pl.String).alias("details"))
    rows = rows.with_columns(columns.MOVEMENT).with_columns(PARTIES)
    return rows.with_columns(columns.LEFT_OVER).select(columns.CANONICAL)


def _kept_whole(below: pl.DataFrame) -> pl.DataFrame:
    """The details of entries that they do not add up to, as one JSON list per entry."""
    names = [field.name for field in DETAIL_FIELDS]
    lists: dict[int, list[dict[str, object]]] = {}
    for row in below.iter_rows(named=True):
        detail: dict[str, object] = {name: row[name] for name in names if row[name] is not None}
        if row["detail_rest"]:
            detail["remainder"] = json.loads("{" + row["detail_rest"] + "}")
        lists.setdefault(row["entry"], []).append(detail)
    texts = ['"details":' + json.dumps(details, ensure_ascii=False) for details in lists.values()]
    kinds = {"entry": pl.Int64(), "details": pl.String()}
    return pl.DataFrame({"entry": list(lists), "details": texts}, schema=kinds)
