"""Rows that carry one group or reference settle together when their totals agree."""

import numpy as np
import numpy.typing as npt
import polars as pl

from quality.reconciliation.matching.state import Board
from quality.reconciliation.rules import GroupRule

_QUERY = """
    with a as (
        select block, {key} as key, sum(units) as total, list(k order by k) as lefts,
            list(units) as amounts,
            min(day) as first, max(day) as last
        from lefts where {key} is not null group by all
    ), b as (
        select block, {key} as key, sum(units) as total, list(k order by k) as rights,
            list(units) as amounts,
            min(day) as first, max(day) as last
        from rights where {key} is not null group by all
    )
    select lefts, rights, a.key, len(lefts) as n, len(rights) as m, a.last - b.first as lag
    from a join b using (block, key)
    where a.total = b.total and a.total <> 0
        and a.first - b.last >= -$before and a.last - b.first <= $after and {only}
    order by lefts[1]
"""


_KEYS = {
    "group_id": "group_id",
    "reference": "ref",
    "party": "coalesce(party, case when length(words) >= 6 then words end)",
}
_TOTAL_KEYS = {"total": "group_id", "reference_total": "ref"}

_SEVERAL = "len(lefts) > 1 and len(rights) > 1 and not list_has_any(a.amounts, b.amounts)"
"""Several with several, of which no two have the same amount: those the pair rules have refused."""

_TOTALS = """
    with groups as (
        select block, {key} as key, sum(units) as total, list(k order by k) as members,
            max(day) as last, min_by(own, k) as own, min_by(party, k) as party,
            min_by(words, k) as words
        from {grouped} where {key} is not null group by block, {key} having count(*) > 1
    ), pairs as (
        select g.key, g.members, s.k, {lag} as lag,
            count(*) over (partition by g.block, g.key) as rows_of_group,
            count(*) over (partition by s.k) as groups_of_row
        from groups as g join {single} as s on g.block = s.block and g.total = s.units
        where {lag} between -$before and $after and {linked}
    )
    select {grouped_members}
    from pairs where rows_of_group = 1 and groups_of_row = 1 order by k
"""


_LINKED = {
    "total": "true",
    "reference_total": """(list_has_any(g.own, s.cites) or coalesce(g.party = s.party, false)
        or (length(least(g.words, s.words)) >= 4
            and jaro_winkler_similarity(g.words, s.words) >= 0.93))""",
}
"""A reference is a looser bond than a group id: rows that share one must also point at the head."""


def settle_groups(board: Board, rule: GroupRule, *, tier: str) -> None:
    """Accept every group whose two totals are equal and whose dates fit the window."""
    if tier != ("suggested" if rule.by == "party" else "auto") or not (
        board.free_left.any() and board.free_right.any()
    ):
        return
    board.offer()
    if rule.by in _LINKED:
        _settle_totals(board, rule, tier)
        return
    bounds = {"before": rule.window.before, "after": rule.window.after}
    only = _SEVERAL if rule.by == "party" else "true"
    groups = board.con.execute(_QUERY.format(key=_KEYS[rule.by], only=only), bounds).pl()
    _accept(board, groups, rule, tier)


def _settle_totals(board: Board, rule: GroupRule, tier: str) -> None:
    """The one row that has a group's total, where each of the two has but one such partner."""
    bounds = {"before": rule.window.before, "after": rule.window.after}
    for grouped, single in (("lefts", "rights"), ("rights", "lefts")):
        board.offer()
        lag = "s.day - g.last" if grouped == "rights" else "g.last - s.day"
        members = (
            "members as lefts, [k] as rights, len(members) as n, 1 as m, key, lag"
            if grouped == "lefts"
            else "[k] as lefts, members as rights, 1 as n, len(members) as m, key, lag"
        )
        query = _TOTALS.format(
            grouped=grouped,
            single=single,
            lag=lag,
            grouped_members=members,
            key=_TOTAL_KEYS[rule.by],
            linked=_LINKED[rule.by],
        )
        groups = board.con.execute(query, bounds).pl()
        _accept(board, groups.select("lefts", "rights", "key", "n", "m", "lag"), rule, tier)


def _accept(board: Board, groups: pl.DataFrame, rule: GroupRule, tier: str) -> None:
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
            pl.struct(pl.col("key").alias("shared"), pl.col("lag").alias("lag_business_days"))
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
    if rule.by in _TOTAL_KEYS:
        return _total_members(board, rule, side, rows)
    key = pl.col("ref" if rule.by == "reference" else "group_id")
    if rule.by == "party":
        key = pl.coalesce("party", pl.when(pl.col("words").str.len_chars() >= 6).then("words"))
    mine = (
        board.items.of(side)
        .filter(pl.Series(rows))
        .select("block", key.alias("key"))
        .drop_nulls()
        .unique()
    )
    members = {}
    for name, free in (("left", board.lefts), ("right", board.rights)):
        shared = free.with_columns(key.alias("key")).join(mine, on=["block", "key"], how="semi")
        members[name] = shared["k"].to_numpy().astype(np.int64)
    return members


def _total_members(
    board: Board, rule: GroupRule, side: str, rows: npt.NDArray[np.bool_]
) -> dict[str, npt.NDArray[np.int64]]:
    """Rows of these rows' groups, and single rows whose amount is the total of such a group."""
    other = "right" if side == "left" else "left"
    key = _TOTAL_KEYS[rule.by]
    free = {"left": board.lefts, "right": board.rights}
    latest = board.items.of(side).filter(pl.Series(rows))
    mine = free[side].join(
        latest.select("block", key).drop_nulls().unique(),
        on=["block", key],
        how="semi",
    )
    totals = mine.group_by("block", key).agg(pl.col("units").sum()).unique(["block", "units"])
    singles = free[other].join(totals, on=["block", "units"], how="semi")
    sums = (
        free[other]
        .filter(pl.col(key).is_not_null())
        .with_columns(pl.col("units").sum().over("block", key).alias("total"))
    )
    groups = sums.join(
        latest.select("block", pl.col("units").alias("total")).unique(),
        on=["block", "total"],
        how="semi",
    )
    whole = free[other].join(groups.select("block", key).unique(), on=["block", key], how="semi")
    found = pl.concat([singles["k"], whole["k"]])
    return {side: mine["k"].to_numpy().astype(np.int64), other: found.to_numpy().astype(np.int64)}
