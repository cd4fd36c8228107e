"""A batch that names nobody: one row settles nearly everything that was booked about that day."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
import polars as pl

from quality.reconciliation import columns as c
from quality.reconciliation.closed_sets import Side, Tier
from quality.reconciliation.matching.state import MatchState
from quality.reconciliation.matching.subset_sum import (
    Ints,
    Subsets,
    for_round_amounts,
    nearly_all,
    of_size,
)
from quality.reconciliation.rules import BatchRule

_LARGEST_POOL = 2_000
"""Rows of one day that are still searched: pairs left out are tried one by one, two million
here."""
_SUGGESTED_FALSE_MATCHES = 0.05
"""Sets expected to hit the total by accident in a suggested batch: one in twenty. A tenth or ten
times of it moves nothing on two demos; a rule states its own limit for automatic ones."""
_SAME_NUMBER = 0.05
"""How often an unrelated text states just as many items as a set of rows has. With a tenth of it,
42 members of one right batch are accepted instead of suggested; with ten times, one batch is
not."""


class BatchMatch(TypedDict):
    """A head row, its members, and what speaks for them."""

    head_no: int
    part_nos: list[int]
    score: float
    text_similarity: float
    solutions: int
    expected_false_matches: float
    sums_tried: int
    total: int


def day_batches(state: MatchState, rule: BatchRule, head: Side, tier: Tier) -> list[BatchMatch]:
    """For each free row without a counterparty the batch of the other side's rows of its day.

    Only what luck hardly explains is proposed: all rows of the day but at most two (or as many as
    the row says it holds), tried on the date itself first, then within the days that the rule
    allows.
    """
    heads, parts = (state.lefts, state.rights) if head == "left" else (state.rights, state.lefts)
    limit = rule.same_day_max_false_matches if tier == "auto" else _SUGGESTED_FALSE_MATCHES
    unnamed = heads.filter(c.UNNAMED)
    near = parts.join(unnamed.select(c.BLOCK).unique(), on=c.BLOCK, how="semi")
    pools = {
        name: _Pool(
            part["date"].cast(pl.Int32).to_numpy(),
            part[c.BUSINESS_DAY].to_numpy(),
            part[c.THOUSANDTHS].to_numpy(),
            part[c.ROW_NO].to_numpy(),
        )
        for name, part in near.sort("date", c.ROW_NO).group_by(
            [c.BLOCK, pl.col(c.THOUSANDTHS).sign().alias("sign")], maintain_order=True
        )
    }
    found = []
    stated = unnamed.select(
        c.ROW_NO,
        c.BLOCK,
        pl.col("date").cast(pl.Int32),
        c.BUSINESS_DAY,
        c.THOUSANDTHS,
        _stated(rule).alias("count"),
    )
    for k, block, date, day, units, count in stated.sort(c.ROW_NO).iter_rows():
        pool = pools.get((block, int(np.sign(units))))
        if pool is None:
            continue
        for rows in pool.around(date, day, rule.same_day_days):
            batch = _within(k, units, count, pool=pool, rows=rows)
            if (
                batch is not None
                and batch["expected_false_matches"] <= limit
                and not _is_forbidden(state, batch, head)
            ):
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
        pl.col(c.RAW_TEXT)
        .str.to_uppercase()
        .str.extract(rf"\b(?:{words})[\s:.=#]{{0,3}}(\d{{1,4}})\b")
        .cast(pl.Int64, strict=False)
    )


def _is_forbidden(state: MatchState, batch: BatchMatch, head: Side) -> bool:
    """Whether a decision keeps the head and one of the members apart."""
    one = batch["head_no"]
    pairs = ((one, part) if head == "left" else (part, one) for part in batch["part_nos"])
    return bool(state.must_not_match) and any(pair in state.must_not_match for pair in pairs)


def _within(
    k: int, units: int, count: int | None, *, pool: _Pool, rows: slice
) -> BatchMatch | None:
    """The one set of these rows that the head settles, if there is just one."""
    amounts = pool.amounts[rows].astype(np.int64)
    small = np.flatnonzero(np.abs(amounts) < abs(units))
    if not 2 <= small.size <= _LARGEST_POOL:
        return None
    search, counted = _solved(amounts[small], units, count)
    if len(search.solutions) != 1:
        return None
    chosen = small[list(search.solutions[0])]
    expected_false_matches = for_round_amounts(search.expected_false_matches, amounts[chosen]) * (
        _SAME_NUMBER if counted else 1
    )
    return BatchMatch(
        head_no=k,
        part_nos=[int(row) for row in pool.rows[rows][chosen]],
        score=round(1 / (1 + expected_false_matches), 6),
        text_similarity=0.0,
        solutions=1,
        expected_false_matches=expected_false_matches,
        sums_tried=search.tried,
        total=units,
    )


def _solved(amounts: Ints, total: int, count: int | None) -> tuple[Subsets, bool]:
    """The sets that add up, and whether they have as many members as the text states."""
    if count is not None:
        sized = of_size(amounts, total, count)
        if sized is not None and sized.solutions:
            return sized, True
    return nearly_all(amounts, total), False
