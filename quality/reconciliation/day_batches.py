"""A batch that names nobody: one row settles nearly everything that was booked about that day."""

from typing import TypedDict

import numpy as np
import polars as pl

from quality.reconciliation.board import Board
from quality.reconciliation.rules import BatchRule
from quality.reconciliation.subsets import coarse, nearly_all

_LARGEST_POOL = 2_000
_SUGGESTED_CHANCE = 0.05


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

    Only what luck hardly explains is proposed: all rows of the day but at most two, tried on the
    day itself first, then within the days that the rule allows.
    """
    heads, parts = (board.lefts, board.rights) if head == "left" else (board.rights, board.lefts)
    limit = rule.same_day_chance if tier == "auto" else _SUGGESTED_CHANCE
    pools = {
        name: (part["day"].to_numpy(), part["units"].to_numpy(), part["k"].to_numpy())
        for name, part in parts.sort("day", "k").group_by(
            ["block", pl.col("units").sign().alias("sign")], maintain_order=True
        )
    }
    found = []
    anonymous = heads.filter("anonymous").select("k", "block", "day", "units").sort("k")
    for k, block, day, units in anonymous.iter_rows():
        pool = pools.get((block, int(np.sign(units))))
        if pool is None:
            continue
        batch = _of_day(k, day, units, pool=pool, days=rule.same_day_days, limit=limit)
        if batch is not None:
            found.append(batch)
    return found


def _of_day(
    k: int,
    day: int,
    units: int,
    *,
    pool: tuple[np.ndarray, np.ndarray, np.ndarray],
    days: int,
    limit: float,
) -> Batch | None:
    when, amounts, rows = pool
    for reach in range(days + 1):
        start, stop = np.searchsorted(when, [day - reach, day + reach + 1])
        if not 2 <= stop - start <= _LARGEST_POOL:
            continue
        some = amounts[start:stop].astype(np.int64)
        small = np.flatnonzero(np.abs(some) < abs(units))
        if small.size < 2:
            continue
        tried = nearly_all(some[small], units)
        if len(tried.solutions) != 1:
            continue
        chosen = small[list(tried.solutions[0])]
        by_chance = coarse(tried.by_chance, some[chosen])
        if by_chance <= limit:
            members = rows[start:stop][chosen]
            return Batch(
                head_k=k,
                parts_k=[int(row) for row in members],
                score=round(1 / (1 + by_chance), 6),
                similarity=0.0,
                subsets=1,
                by_chance=by_chance,
                tried=tried.tried,
                total=units,
            )
    return None
