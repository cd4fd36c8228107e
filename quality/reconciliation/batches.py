"""One row that settles the sum of several: bounded subset search with a proof that it balances.

The work of a search is counted in sums tried, never in seconds, so that it ends the same on every
machine. Among k subsets of amounts spread over a range of R units about k/R hit any total by
accident: only a total that accident hardly explains is matched automatically.
"""

from dataclasses import dataclass
from math import comb

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from quality.reconciliation.board import Board
from quality.reconciliation.rules import BatchRule, RuleSet
from quality.reconciliation.similarity import similarity

Ints = npt.NDArray[np.int64]

_CENT = 10
_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Subsets:
    """The subsets that add up to a total: positions of members, how many tried, what luck gives."""

    solutions: tuple[tuple[int, ...], ...]
    tried: int
    by_chance: float


def subsets_with_sum(amounts: Ints, total: int, *, largest: int, steps: int) -> Subsets:
    """All subsets of two to `largest` amounts that add up to the total, by meeting in the middle.

    At most 32 solutions are kept. With more amounts than the steps allow the last ones are left
    out, so the caller puts the likeliest first.
    """
    while amounts.size and 2 ** ((amounts.size + 1) // 2 + 1) > steps:
        amounts = amounts[:-1]
    half = amounts.size // 2
    sums_a, bits_a = _all_sums(amounts[:half])
    sums_b, bits_b = _all_sums(amounts[half:])
    order = np.argsort(sums_b, kind="stable")
    sums_b, bits_b = sums_b[order], bits_b[order]
    start = np.searchsorted(sums_b, total - sums_a, "left")
    stop = np.searchsorted(sums_b, total - sums_a, "right")
    found = []
    for at in np.flatnonzero(stop > start):
        for to in range(start[at], stop[at]):
            mask = int(bits_a[at]) | int(bits_b[to]) << half
            if 2 <= mask.bit_count() <= largest:
                found.append(tuple(n for n in range(amounts.size) if mask >> n & 1))
        if len(found) >= 32:
            break
    subsets = sum(comb(amounts.size, n) for n in range(2, min(largest, amounts.size) + 1))
    spread = max(int(np.abs(amounts).sum()) // _CENT, 1)
    return Subsets(tuple(sorted(found)), sums_a.size + sums_b.size, subsets / spread)


def _all_sums(amounts: Ints) -> tuple[Ints, Ints]:
    sums = np.zeros(1, dtype=np.int64)
    bits = np.zeros(1, dtype=np.int64)
    for n, amount in enumerate(amounts):
        sums = np.concatenate([sums, sums + amount])
        bits = np.concatenate([bits, bits | 1 << n])
    return sums, bits


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


def settle_batches(board: Board, rule: BatchRule, rules: RuleSet, *, tier: str) -> None:
    """Find batches in both directions until no more turn up; contested ones are left alone."""
    for _ in range(_ROUNDS):
        before = int(board.free_left.sum() + board.free_right.sum())
        for head in ("left", "right"):
            if board.free_left.any() and board.free_right.any():
                _one_direction(board, rule, head, tier)
        if int(board.free_left.sum() + board.free_right.sum()) == before:
            return


def _one_direction(board: Board, rule: BatchRule, head: str, tier: str) -> None:
    one, many = ("lefts", "rights") if head == "left" else ("rights", "lefts")
    board.con.register("lefts", board.lefts.to_arrow())
    board.con.register("rights", board.rights.to_arrow())
    edges = _candidates(board.con, rule, one, many)
    if not edges.height:
        return
    proposals = [
        proposal
        for _, part in edges.group_by("head", maintain_order=True)
        if part.height >= 2 and (proposal := _search(part, rule, tier)) is not None
    ]
    claims: dict[int, int] = {}
    for proposal in proposals:
        for row in proposal["parts_k"]:
            claims[row] = claims.get(row, 0) + 1
    sole = [p for p in proposals if all(claims[row] == 1 for row in p["parts_k"])]
    if sole:
        board.take(_as_found(sole, rule, head, tier))


def _candidates(
    con: duckdb.DuckDBPyConnection, rule: BatchRule, one: str, many: str
) -> pl.DataFrame:
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


def _search(part: pl.DataFrame, rule: BatchRule, tier: str) -> dict[str, object] | None:
    """The batch of one head row: within its closest relations first, then wider."""
    similar = part["similarity"].to_numpy()
    amounts = part["units"].to_numpy().astype(np.int64)
    total = int(part["total"][0])
    tried = 0
    for floor in (97.0, 90.0, rule.affinity):
        pool = np.flatnonzero(similar >= floor)[: rule.max_candidates]
        if pool.size < 2:
            continue
        found = subsets_with_sum(amounts[pool], total, largest=rule.max_members, steps=rule.steps)
        tried += found.tried
        if not found.solutions:
            continue
        sure = len(found.solutions) == 1 and found.by_chance <= rule.chance
        if tier == "auto" and not sure:
            return None
        best = min(found.solutions, key=lambda s: (_spread(part, pool[list(s)]), len(s), s))
        members = pool[list(best)]
        return {
            "head_k": int(part["head"][0]),
            "parts_k": [int(k) for k in part["part"].gather(members)],
            "score": round(1 / (len(found.solutions) + found.by_chance), 6),
            "similarity": float(similar[members].min()),
            "subsets": len(found.solutions),
            "by_chance": found.by_chance,
            "tried": tried,
            "total": total,
        }
    return None


def _spread(part: pl.DataFrame, members: Ints) -> int:
    lags = part["lag"].gather(members)
    return int(lags.max() or 0) - int(lags.min() or 0)  # type: ignore[call-overload]


def _as_found(
    proposals: list[dict[str, object]], rule: BatchRule, head: str, tier: str
) -> pl.DataFrame:
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
