"""One row that settles the sum of several: bounded subset search with a proof that it balances."""

import duckdb
import numpy as np
import polars as pl

from quality.reconciliation.comparison.names import similarity
from quality.reconciliation.matching.day_batches import Batch, day_batches
from quality.reconciliation.matching.state import Board
from quality.reconciliation.matching.subset_sum import Ints, coarse, subsets_with_sum
from quality.reconciliation.rules import BatchRule

_ROUNDS = 4
_CLOSEST = (97.0, 90.0)
_SUGGESTED_SOLUTIONS = 3
_SUGGESTED_CHANCE = 0.2


_MEMBERS = """
    with keyed_head as (
        select k, block, key, unnest(list_distinct([low // $width, (low + $width - 1) // $width]))
            as bucket
        from (select *, {first_day} as low from ({keys_of_one}))
    ), keyed_part as (select k, block, key, day // $width as bucket from ({keys_of_many})),
    pairs as (
        select distinct a.k as head, b.k as part from keyed_head as a
        join keyed_part as b on a.block = b.block and a.key = b.key and a.bucket = b.bucket
    )
    select h.k as head, p.k as part, {lag} as lag, h.units as total, p.units,
        h.words as head_words, p.words as part_words,
        coalesce(h.party = p.party, false) as same_party
    from pairs join {one} as h on h.k = pairs.head join {many} as p on p.k = pairs.part
    where {lag} between -$before and $after
        and sign(h.units) = sign(p.units) and abs(p.units) < abs(h.units)
    order by 1, 2
"""

_KEYS = """
    select k, block, day, unnest(list_distinct(list_concat([party],
        [words[n:n + 2] for n in range(1, least(length(words), 9) - 1)]))) as key
    from {table} where length(words) >= 4 or party is not null
"""
"""Rows are brought together by any three letters among the first eight, wherever a typo stands."""


def settle_batches(board: Board, rule: BatchRule, *, tier: str) -> None:
    """Find batches in both directions until no more turn up; contested ones are left alone."""
    for _ in range(_ROUNDS):
        before = int(board.free_left.sum() + board.free_right.sum())
        for head in ("left", "right"):
            if board.free_left.any() and board.free_right.any():
                _one_direction(board, rule, head, tier)
            accept(board, day_batches(board, rule, head, tier), rule, head, tier)
        if int(board.free_left.sum() + board.free_right.sum()) == before:
            return


def _one_direction(board: Board, rule: BatchRule, head: str, tier: str) -> None:
    board.offer()
    one, many = ("lefts", "rights") if head == "left" else ("rights", "lefts")
    edges = batch_candidates(board.con, rule, one, many)
    pair = ("head", "part") if head == "left" else ("part", "head")
    edges = board.allowed(edges, *pair).filter(
        pl.col("units").abs().sum().over("head") >= pl.col("total").abs()
    )
    if not edges.height:
        return
    columns = {
        name: edges[name].to_numpy()
        for name in ("head", "part", "lag", "total", "units", "similarity")
    }
    bounds = np.flatnonzero(np.diff(columns["head"])) + 1
    proposals = []
    for start, stop in zip(np.append(0, bounds), np.append(bounds, edges.height), strict=True):
        batch = _search({name: column[start:stop] for name, column in columns.items()}, rule, tier)
        if batch is not None:
            proposals.append(batch)
    accept(board, proposals, rule, head, tier)


def accept(board: Board, proposals: list[Batch], rule: BatchRule, head: str, tier: str) -> None:
    """Take the batches of which no member is claimed by another."""
    claims: dict[int, int] = {}
    for batch in proposals:
        for row in batch["parts_k"]:
            claims[row] = claims.get(row, 0) + 1
    sole = [batch for batch in proposals if all(claims[row] == 1 for row in batch["parts_k"])]
    if sole:
        board.take(_as_found(sole, rule, head, tier))


def batch_candidates(
    con: duckdb.DuckDBPyConnection, rule: BatchRule, one: str, many: str
) -> pl.DataFrame:
    """Rows of `many` (part) that could belong to a sum that a row of `one` (head) settles."""
    left_heads = one == "lefts"
    query = _MEMBERS.format(
        one=one,
        many=many,
        lag="h.day - p.day" if left_heads else "p.day - h.day",
        first_day="day - $after" if left_heads else "day - $before",
        keys_of_one=_KEYS.format(table=one),
        keys_of_many=_KEYS.format(table=many),
    )
    window = rule.window
    bounds = {"before": window.before, "after": window.after, "width": window.width}
    edges = con.execute(query, bounds).pl()
    if not edges.height:
        return edges
    scores = similarity(edges["head_words"].to_list(), edges["part_words"].to_list())
    alike = pl.when(pl.col("same_party")).then(100.0).otherwise(pl.Series(scores))
    return (
        edges.with_columns(alike.alias("similarity"))
        .filter(pl.col("similarity") >= rule.affinity)
        .sort("head", -pl.col("similarity"), pl.col("lag").abs(), "part")
    )


def _search(part: dict[str, np.ndarray], rule: BatchRule, tier: str) -> Batch | None:
    """The batch of one head row: within its closest relations first, then wider."""
    total = int(part["total"][0])
    amounts = part["units"].astype(np.int64)
    tried = 0
    for floor in (*_CLOSEST, rule.affinity):
        pool = np.flatnonzero(part["similarity"] >= floor)[: rule.max_candidates]
        if pool.size < 2 or abs(int(amounts[pool].sum())) < abs(total):
            continue
        found = subsets_with_sum(amounts[pool], total, largest=rule.max_members, steps=rule.steps)
        tried += found.tried
        if not found.solutions:
            continue
        by_chance = min(coarse(found.by_chance, amounts[pool[list(s)]]) for s in found.solutions)
        sure = len(found.solutions) == 1 and by_chance <= rule.chance
        likely = len(found.solutions) <= _SUGGESTED_SOLUTIONS and by_chance <= _SUGGESTED_CHANCE
        if not (sure or (tier == "suggested" and likely)):
            return None
        best = min(found.solutions, key=lambda s: (_spread(part["lag"], pool[list(s)]), len(s), s))
        members = pool[list(best)]
        return Batch(
            head_k=int(part["head"][0]),
            parts_k=[int(k) for k in part["part"][members]],
            score=round(1 / (len(found.solutions) + by_chance), 6),
            similarity=float(part["similarity"][members].min()),
            subsets=len(found.solutions),
            by_chance=by_chance,
            tried=tried,
            total=total,
        )
    return None


def _spread(lag: np.ndarray, members: Ints) -> int:
    return int(lag[members].max() - lag[members].min())


def _as_found(proposals: list[Batch], rule: BatchRule, head: str, tier: str) -> pl.DataFrame:
    frame = pl.DataFrame(proposals).with_columns(
        pl.col("parts_k").list.sort().cast(pl.List(pl.Int32)),
        pl.concat_list(pl.col("head_k").cast(pl.Int32)).alias("heads"),
    )
    one, many = ("lefts", "rights") if head == "left" else ("rights", "lefts")
    return frame.select(
        pl.col("heads").alias(one),
        pl.col("parts_k").alias(many),
        pl.lit("one_to_many" if head == "left" else "many_to_one").alias("kind"),
        pl.lit(tier).alias("tier"),
        pl.lit(rule.name).alias("rule"),
        pl.col("score"),
        pl.lit(0).alias("adjustment"),
        pl.struct(
            pl.col("parts_k").list.len().alias("members"),
            pl.col("similarity").round(1).alias("least_text_similarity"),
            pl.col("subsets").alias("subsets_that_balance"),
            pl.col("by_chance").round(6).alias("expected_by_chance"),
            pl.col("tried").alias("sums_tried"),
            (pl.col("total").cast(pl.Decimal(38, 3)) / 1000)
            .cast(pl.String)
            .alias("both_sides_sum_to"),
        )
        .struct.json_encode()
        .alias("parts"),
        pl.lit("[]").alias("rivals"),
    )
