"""The detail of an item: its own rows and the open rows nearest to them, by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from notebooks.money import cell, money
from notebooks.reconciliation_names import ReconciliationNames, sides_of
from notebooks.workbench import Workbench
from pipelines.reconciliation.deciding import SIDES
from quality.reconciliation.evidence.wording import in_words

_NEIGHBOURS = 50
"""Rows shown on a side: five pages of eight and a few more, which nobody reads beyond."""

_KEY = ["recon", "side", "row_id"]


@dataclass(frozen=True, slots=True)
class ItemDetail:
    """An item: its rows on both sides, open rows that may match them, its evidence in sentences."""

    recon: str
    sides: ReconciliationNames
    sentences: tuple[str, ...]
    left: pl.DataFrame
    right: pl.DataFrame
    left_marked: tuple[int, ...]
    """Positions in `left` of the rows that the item names."""
    right_marked: tuple[int, ...]


def detail_of(bench: Workbench, item: Mapping[str, Any]) -> ItemDetail:
    """The two sides of an item: its own rows first, then open rows by closeness of amount."""
    recon, lake = str(item["recon"]), bench.lake
    sides = lake.read(SIDES).filter(pl.col("recon") == recon).collect()
    members = bench.members(item)
    own_rows = [("left", row_id) for row_id in members.left_ids] + [
        ("right", row_id) for row_id in members.right_ids
    ]
    candidate_id = item.get("candidate_row_id")
    candidate = [("left", candidate_id), ("right", candidate_id)] if candidate_id else []
    is_own = _among([*own_rows, *candidate])
    breaks = lake.read("gold/fct_breaks").filter(pl.col("recon") == recon).collect()
    open_rows = sides.filter(pl.col("currency") == item["currency"]).join(
        breaks.select(_KEY), on=_KEY, how="semi"
    )
    own, near = sides.filter(is_own), open_rows.filter(~is_own)
    own = own.sort(_among(candidate), "side", "row_id")
    target = abs(Decimal(str(item["amount"])))
    near = near.with_columns((pl.col("amount").abs() - target).abs().alias("gap"))
    near = near.sort("gap", "date", "row_id")
    left, right = (
        pl.concat(
            [
                part.filter(pl.col("side") == side).select(sides.columns).head(_NEIGHBOURS)
                for part in (own, near)
            ]
        )
        for side in ("left", "right")
    )
    # A candidate is shown among the item's own rows, but is left for the person to tick.
    marked = [
        tuple(range(min(len(rows), _NEIGHBOURS))) for rows in (members.left_ids, members.right_ids)
    ]
    names = sides_of(recon)
    sentences = in_words(str(item["evidence"]), {"left": names.left, "right": names.right})
    return ItemDetail(recon, names, sentences, left, right, *marked)


def rows_shown(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of a side for people; `row_id` is for the page."""
    return rows.select(
        "row_id",
        pl.col("date").alias("Day"),
        cell("amount").alias("Amount"),
        pl.col("counterparty_name").alias("Counterparty"),
        pl.col("reference").alias("Reference"),
        pl.col("description").alias("Text"),
    )


def difference(detail: ItemDetail, left: Sequence[str], right: Sequence[str]) -> str:
    """The sums of the ticked rows on both sides and their difference, in words, by currency."""
    left_rows, right_rows = (
        rows.filter(pl.col("row_id").is_in(list(ids)))
        for rows, ids in ((detail.left, left), (detail.right, right))
    )
    currencies = {*left_rows["currency"].drop_nulls(), *right_rows["currency"].drop_nulls()}
    texts = []
    for currency in sorted(currencies):
        left_sum, right_sum = (
            sum(rows.filter(pl.col("currency") == currency)["amount"], Decimal(0))
            for rows in (left_rows, right_rows)
        )
        texts.append(
            f"{detail.sides.left} {money(left_sum, currency)}, "
            f"{detail.sides.right} {money(right_sum, currency)}, "
            f"difference {money(left_sum - right_sum, currency)}"
        )
    return ("; ".join(texts) or "nothing") + "."


def _among(rows: Sequence[tuple[str, str]]) -> pl.Expr:
    return pl.struct("side", "row_id").is_in([{"side": s, "row_id": r} for s, r in rows])
