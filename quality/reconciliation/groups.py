"""Rows that carry one group or reference settle together when their totals agree."""

import numpy as np
import numpy.typing as npt
import polars as pl

from quality.reconciliation.board import Board
from quality.reconciliation.rules import GroupRule

_QUERY = """
    with a as (
        select block, {key} as key, sum(units) as total, list(k order by k) as lefts,
            min(day) as first, max(day) as last
        from lefts where {key} is not null group by all
    ), b as (
        select block, {key} as key, sum(units) as total, list(k order by k) as rights,
            min(day) as first, max(day) as last
        from rights where {key} is not null group by all
    )
    select lefts, rights, a.key, len(lefts) as n, len(rights) as m, a.last - b.first as lag
    from a join b using (block, key)
    where a.total = b.total and a.total <> 0
        and a.first - b.last >= -$before and a.last - b.first <= $after
    order by lefts[1]
"""


def settle_groups(board: Board, rule: GroupRule, *, tier: str) -> None:
    """Accept every group whose two totals are equal and whose dates fit the window."""
    if tier != "auto" or not (board.free_left.any() and board.free_right.any()):
        return
    board.offer()
    key = "group_id" if rule.by == "group_id" else "ref"
    bounds = {"before": rule.window.before, "after": rule.window.after}
    groups = board.con.execute(_QUERY.format(key=key), bounds).pl()
    groups = groups.filter(~_kept_apart(board, groups))
    kind = (
        pl.when((pl.col("n") == 1) & (pl.col("m") == 1))
        .then(pl.lit("one_to_one"))
        .when(pl.col("n") == 1)
        .then(pl.lit("one_to_many"))
        .when(pl.col("m") == 1)
        .then(pl.lit("many_to_one"))
        .otherwise(pl.lit("many_to_many"))
    )
    board.take(
        groups.select(
            "lefts",
            "rights",
            kind.alias("kind"),
            pl.lit(tier).alias("tier"),
            pl.lit(rule.name).alias("rule"),
            pl.lit(1.0).alias("score"),
            pl.lit(0).alias("adjustment"),
            pl.struct(pl.col("key").alias(rule.by), pl.col("lag").alias("lag_business_days"))
            .struct.json_encode()
            .alias("parts"),
            pl.lit("[]").alias("rivals"),
        )
    )


def _kept_apart(board: Board, groups: pl.DataFrame) -> pl.Series:
    """Whether a decision keeps any two rows of a group apart."""
    if not board.apart:
        return pl.Series([False] * groups.height, dtype=pl.Boolean)
    return pl.Series(
        [
            any((left, right) in board.apart for left in lefts for right in rights)
            for lefts, rights in groups.select("lefts", "rights").iter_rows()
        ],
        dtype=pl.Boolean,
    )


def group_members(
    board: Board, rule: GroupRule, side: str, rows: npt.NDArray[np.bool_]
) -> dict[str, npt.NDArray[np.int64]]:
    """By side, the positions of free rows that share a group with any of these rows."""
    key = "group_id" if rule.by == "group_id" else "ref"
    mine = board.items.of(side).filter(pl.Series(rows)).select("block", key).drop_nulls().unique()
    members = {}
    for name, free in (("left", board.lefts), ("right", board.rights)):
        shared = free.join(mine, on=["block", key], how="semi")
        members[name] = shared["k"].to_numpy().astype(np.int64)
    return members
