"""An item and what may belong to it: its own rows and the open rows nearest to them, by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from notebooks.money import cell, money
from notebooks.sides import Sides, sides_of
from notebooks.workbench import Workbench
from pipelines.reconciliation.deciding import SIDES
from quality.reconciliation.evidence.wording import in_words

_NEIGHBOURS = 50
_KEY = ["recon", "side", "row_id"]


@dataclass(frozen=True, slots=True)
class Chosen:
    """An item with what is known of it: its rows, and rows that may belong to them."""

    recon: str
    sides: Sides
    sentences: tuple[str, ...]
    left: pl.DataFrame
    right: pl.DataFrame
    left_marked: tuple[int, ...]
    """Positions in `left` of the rows that the item names."""
    right_marked: tuple[int, ...]


def choose(bench: Workbench, item: Mapping[str, Any]) -> Chosen:
    """The two sides of an item: its own rows first, then what may belong to them."""
    recon, lake = str(item["recon"]), bench.lake
    sides = lake.read(SIDES).filter(pl.col("recon") == recon).collect()
    members = bench.members(item)
    own_rows = [("left", one) for one in members.left_ids] + [
        ("right", one) for one in members.right_ids
    ]
    pointed = item.get("candidate_row_id")
    pointed_at = [("left", pointed), ("right", pointed)] if pointed else []
    names = _among([*own_rows, *pointed_at])
    breaks = lake.read("gold/fct_breaks").filter(pl.col("recon") == recon).collect()
    still = sides.filter(pl.col("currency") == item["currency"]).join(
        breaks.select(_KEY), on=_KEY, how="semi"
    )
    own, near = sides.filter(names), still.filter(~names)
    own = own.sort(_among(pointed_at), "side", "row_id")
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
    # What the house only points at is shown first, and is for the person to tick.
    marked = [
        tuple(range(min(len(rows), _NEIGHBOURS))) for rows in (members.left_ids, members.right_ids)
    ]
    named = sides_of(recon)
    told = in_words(str(item["evidence"]), {"left": named.left, "right": named.right})
    return Chosen(recon, named, told, left, right, *marked)


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


def difference(chosen: Chosen, left: Sequence[str], right: Sequence[str]) -> str:
    """The sums of what is ticked on both sides, and what lies between them, in words."""
    one, two = (
        rows.filter(pl.col("row_id").is_in(list(ids)))
        for rows, ids in ((chosen.left, left), (chosen.right, right))
    )
    currencies = sorted({*one["currency"].drop_nulls(), *two["currency"].drop_nulls()})
    told = []
    for currency in currencies:
        a, b = (
            sum(rows.filter(pl.col("currency") == currency)["amount"], Decimal(0))
            for rows in (one, two)
        )
        names = f"{chosen.sides.left} {money(a, currency)}, {chosen.sides.right}"
        told.append(f"{names} {money(b, currency)}, difference {money(a - b, currency)}")
    return ("; ".join(told) or "nothing") + "."


def _among(rows: Sequence[tuple[str, str]]) -> pl.Expr:
    return pl.struct("side", "row_id").is_in([{"side": s, "row_id": r} for s, r in rows])
