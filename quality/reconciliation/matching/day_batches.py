"""A batch that names nobody: one row settles nearly everything that was booked about that day."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
import polars as pl

from quality.reconciliation.matching.state import Board
from quality.reconciliation.matching.subset_sum import Ints, Subsets, coarse, nearly_all, of_size
from quality.reconciliation.rules import BatchRule

_LARGEST_POOL = 2_000
_SUGGESTED_CHANCE = 0.05
_SAME_NUMBER = 0.05
"""How often an unrelated text states just as many items as a set of rows has."""


class Batch(TypedDict):
    """A head row, its members, and what speaks for them."""

    head_k: int
    parts_k: list[int]
    score: float
    similarity: float
    subsets: int
    by_chance: float
    tried: int
    total: int


def day_batches(board: Board, rule: BatchRule, head: str, tier: str) -> list[Batch]:
    """For each free row without a counterparty the batch of the other side's rows of its day.

    Only what luck hardly explains is proposed: all rows of the day but at most two (or as many as
    the row says it holds), tried on the date itself first, then within the days that the rule
    allows.
    """
    heads, parts = (board.lefts, board.rights) if head == "left" else (board.rights, board.lefts)
    limit = rule.same_day_chance if tier == "auto" else _SUGGESTED_CHANCE
    anonymous = heads.filter("anonymous")
    near = parts.join(anonymous.select("block").unique(), on="block", how="semi")
    pools = {
        name: _Pool(
            part["date"].cast(pl.Int32).to_numpy(),
            part["day"].to_numpy(),
            part["units"].to_numpy(),
            part["k"].to_numpy(),
        )
        for name, part in near.sort("date", "k").group_by(
            ["block", pl.col("units").sign().alias("sign")], maintain_order=True
        )
    }
    found = []
    stated = anonymous.select(
        "k", "block", pl.col("date").cast(pl.Int32), "day", "units", _stated(rule).alias("count")
    )
    for k, block, date, day, units, count in stated.sort("k").iter_rows():
        pool = pools.get((block, int(np.sign(units))))
        if pool is None:
            continue
        for rows in pool.around(date, day, rule.same_day_days):
            batch = _within(k, units, count, pool=pool, rows=rows)
            if batch is not None and batch["by_chance"] <= limit and not _apart(board, batch, head):
                found.append(batch)
                break
    return found


@dataclass(frozen=True, slots=True)
class _Pool:
    """Free rows of one block and direction, by date."""

    date: np.ndarray
    day: np.ndarray
    amounts: np.ndarray
    rows: np.ndarray

    def around(self, date: int, day: int, days: int) -> Iterator[slice]:
        """The rows of the date, then those of its business day, then of more and more days."""
        yield slice(*np.searchsorted(self.date, [date, date + 1]))
        for reach in range(days + 1):
            yield slice(*np.searchsorted(self.day, [day - reach, day + reach + 1]))


def _stated(rule: BatchRule) -> pl.Expr:
    """How many items the text says that the row holds."""
    words = "|".join(rule.count_words)
    return (
        pl.col("text")
        .str.to_uppercase()
        .str.extract(rf"\b(?:{words})[\s:.=#]{{0,3}}(\d{{1,4}})\b")
        .cast(pl.Int64, strict=False)
    )


def _apart(board: Board, batch: Batch, head: str) -> bool:
    """Whether a decision keeps the head and one of the members apart."""
    one = batch["head_k"]
    pairs = ((one, part) if head == "left" else (part, one) for part in batch["parts_k"])
    return bool(board.apart) and any(pair in board.apart for pair in pairs)


def _within(k: int, units: int, count: int | None, *, pool: _Pool, rows: slice) -> Batch | None:
    """The one set of these rows that the head settles, if there is just one."""
    amounts = pool.amounts[rows].astype(np.int64)
    small = np.flatnonzero(np.abs(amounts) < abs(units))
    if not 2 <= small.size <= _LARGEST_POOL:
        return None
    tried, counted = _solved(amounts[small], units, count)
    if len(tried.solutions) != 1:
        return None
    chosen = small[list(tried.solutions[0])]
    by_chance = coarse(tried.by_chance, amounts[chosen]) * (_SAME_NUMBER if counted else 1)
    return Batch(
        head_k=k,
        parts_k=[int(row) for row in pool.rows[rows][chosen]],
        score=round(1 / (1 + by_chance), 6),
        similarity=0.0,
        subsets=1,
        by_chance=by_chance,
        tried=tried.tried,
        total=units,
    )


def _solved(amounts: Ints, total: int, count: int | None) -> tuple[Subsets, bool]:
    """The sets that add up, and whether they have as many members as the text states."""
    if count is not None:
        sized = of_size(amounts, total, count)
        if sized is not None and sized.solutions:
            return sized, True
    return nearly_all(amounts, total), False
