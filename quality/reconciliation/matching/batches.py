"""One row that settles the sum of several: bounded subset search with a proof that it balances."""

import duckdb
import numpy as np
import polars as pl

from quality.reconciliation import columns as c
from quality.reconciliation.closed_sets import SIDES, Side, Tier, other_side
from quality.reconciliation.comparison.names import similarity
from quality.reconciliation.matching.day_batches import BatchMatch, day_batches
from quality.reconciliation.matching.state import MatchState
from quality.reconciliation.matching.subset_sum import Ints, for_round_amounts, subsets_with_sum
from quality.reconciliation.rules import BatchRule

_ROUNDS = 4
"""Rounds in which a batch found frees the way for another. One is enough on the bank_rec set, drawn
books and two demos; more cost nothing, for a round that finds nothing is the last."""
_CLOSEST = (97.0, 90.0)
"""Similarities tried before the rule's own, closest first, as `floors` of the text levels. Without
them or with one, the same batches are found, with other scores on the bank_rec set."""
_SUGGESTED_SOLUTIONS = 3
"""Sets that balance among which one is still suggested: as many as a person compares at a
glance. 1 or 6 move nothing."""
_SUGGESTED_FALSE_MATCHES = 0.2
"""Sets expected to balance by accident in a suggested batch: four of five are right by that
count. With 0.02 the bank_rec set loses 2 of 1,121 pairs; 1 moves nothing."""
_KEYED_LETTERS = 8
"""Letters of a name by which rows are brought together, any three in a row. 5 or 13 move
nothing."""
_SHORTEST_NAME = 4
"""Letters of a name below which it brings no rows together, as `evidence.text.shortest`; 3 or 6
move nothing."""

_MEMBERS = """
    with keyed_head as (
        select row_no, block, key, unnest(list_distinct([low // $width,
            (low + $width - 1) // $width]))
            as bucket
        from (select *, {first_day} as low from ({keys_of_one}))
    ), keyed_part as (select row_no, block, key, business_day // $width as bucket
        from ({keys_of_many})),
    pairs as (
        select distinct a.row_no as head_no, b.row_no as part_no from keyed_head as a
        join keyed_part as b on a.block = b.block and a.key = b.key and a.bucket = b.bucket
    )
    select h.row_no as head_no, p.row_no as part_no, {lag} as lag_business_days, h.thousandths
        as total, p.thousandths,
        h.name_tokens as head_name_tokens, p.name_tokens as part_name_tokens,
        coalesce(h.counterparty_key = p.counterparty_key, false) as same_counterparty
    from pairs join {one} as h on h.row_no = pairs.head_no join {many} as p
        on p.row_no = pairs.part_no
    where {lag} between -$before and $after
        and sign(h.thousandths) = sign(p.thousandths) and abs(p.thousandths) < abs(h.thousandths)
    order by 1, 2
"""

_KEYS = """
    select row_no, block, business_day, unnest(list_distinct(list_concat([counterparty_key],
        [name_tokens[n:n + 2] for n in range(1, least(length(name_tokens), {letters} + 1) - 1)])))
        as key
    from {table} where length(name_tokens) >= {shortest} or counterparty_key is not null
"""
"""Rows are brought together by any three letters among the first eight, wherever a typo stands."""


def match_batches(state: MatchState, rule: BatchRule, *, tier: Tier) -> None:
    """Find batches in both directions until no more turn up; contested ones are left alone."""
    for _ in range(_ROUNDS):
        before = int(state.free_left.sum() + state.free_right.sum())
        for head in SIDES:
            if state.free_left.any() and state.free_right.any():
                _one_direction(state, rule, head, tier)
            accept_batches(state, day_batches(state, rule, head, tier), rule, head, tier)
        if int(state.free_left.sum() + state.free_right.sum()) == before:
            return


def _one_direction(state: MatchState, rule: BatchRule, head: Side, tier: Tier) -> None:
    state.expose()
    one, many = f"state_{head}", f"state_{other_side(head)}"
    edges = batch_candidates(state.con, rule, one, many)
    pair = (c.HEAD_NO, c.PART_NO) if head == "left" else (c.PART_NO, c.HEAD_NO)
    edges = state.without_forbidden(edges, *pair).filter(
        pl.col(c.THOUSANDTHS).abs().sum().over(c.HEAD_NO) >= pl.col("total").abs()
    )
    if not edges.height:
        return
    columns = {
        name: edges[name].to_numpy()
        for name in (
            c.HEAD_NO,
            c.PART_NO,
            c.LAG_BUSINESS_DAYS,
            "total",
            c.THOUSANDTHS,
            c.TEXT_SIMILARITY,
        )
    }
    bounds = np.flatnonzero(np.diff(columns[c.HEAD_NO])) + 1
    proposals = []
    for start, stop in zip(np.append(0, bounds), np.append(bounds, edges.height), strict=True):
        batch = _search({name: column[start:stop] for name, column in columns.items()}, rule, tier)
        if batch is not None:
            proposals.append(batch)
    accept_batches(state, proposals, rule, head, tier)


def accept_batches(
    state: MatchState, proposals: list[BatchMatch], rule: BatchRule, head: Side, tier: Tier
) -> None:
    """Take the batches of which no member is claimed by another."""
    claims: dict[int, int] = {}
    for batch in proposals:
        for row in batch["part_nos"]:
            claims[row] = claims.get(row, 0) + 1
    sole = [batch for batch in proposals if all(claims[row] == 1 for row in batch["part_nos"])]
    if sole:
        state.accept(_as_found(sole, rule, head, tier))


def batch_candidates(
    con: duckdb.DuckDBPyConnection, rule: BatchRule, one: str, many: str
) -> pl.DataFrame:
    """Rows of view `many` (part) that could be summed up in a row of view `one` (head).

    One row per pair: head_no, part_no, lag_business_days, total (of the head) and thousandths (of
    the part), their name tokens, same_counterparty, text_similarity; the likeliest first by head.
    """
    left_heads = one == "state_left"
    query = _MEMBERS.format(
        one=one,
        many=many,
        lag="h.business_day - p.business_day" if left_heads else "p.business_day - h.business_day",
        first_day="business_day - $after" if left_heads else "business_day - $before",
        keys_of_one=_KEYS.format(table=one, letters=_KEYED_LETTERS, shortest=_SHORTEST_NAME),
        keys_of_many=_KEYS.format(table=many, letters=_KEYED_LETTERS, shortest=_SHORTEST_NAME),
    )
    window = rule.window
    bounds = {"before": window.before, "after": window.after, "width": window.width}
    edges = con.execute(query, bounds).pl()
    if not edges.height:
        return edges
    scores = similarity(edges["head_name_tokens"].to_list(), edges["part_name_tokens"].to_list())
    alike = pl.when(pl.col(c.SAME_COUNTERPARTY)).then(100.0).otherwise(pl.Series(scores))
    return (
        edges.with_columns(alike.alias(c.TEXT_SIMILARITY))
        .filter(pl.col(c.TEXT_SIMILARITY) >= rule.least_similarity)
        .sort(c.HEAD_NO, -pl.col(c.TEXT_SIMILARITY), pl.col(c.LAG_BUSINESS_DAYS).abs(), c.PART_NO)
    )


def _search(part: dict[str, np.ndarray], rule: BatchRule, tier: Tier) -> BatchMatch | None:
    """The batch of one head row: within its closest relations first, then wider."""
    total = int(part["total"][0])
    amounts = part[c.THOUSANDTHS].astype(np.int64)
    tried = 0
    for floor in (*_CLOSEST, rule.least_similarity):
        pool = np.flatnonzero(part[c.TEXT_SIMILARITY] >= floor)[: rule.max_candidates]
        if pool.size < 2 or abs(int(amounts[pool].sum())) < abs(total):
            continue
        subsets = subsets_with_sum(amounts[pool], total, largest=rule.max_members, steps=rule.steps)
        tried += subsets.tried
        if not subsets.solutions:
            continue
        expected_false_matches = min(
            for_round_amounts(subsets.expected_false_matches, amounts[pool[list(s)]])
            for s in subsets.solutions
        )
        sure = len(subsets.solutions) == 1 and expected_false_matches <= rule.max_false_matches
        likely = (
            len(subsets.solutions) <= _SUGGESTED_SOLUTIONS
            and expected_false_matches <= _SUGGESTED_FALSE_MATCHES
        )
        if not (sure or (tier == "suggested" and likely)):
            return None
        best = min(
            subsets.solutions,
            key=lambda s: (_spread(part[c.LAG_BUSINESS_DAYS], pool[list(s)]), len(s), s),
        )
        members = pool[list(best)]
        return BatchMatch(
            head_no=int(part[c.HEAD_NO][0]),
            part_nos=[int(k) for k in part[c.PART_NO][members]],
            score=round(1 / (len(subsets.solutions) + expected_false_matches), 6),
            text_similarity=float(part[c.TEXT_SIMILARITY][members].min()),
            solutions=len(subsets.solutions),
            expected_false_matches=expected_false_matches,
            sums_tried=tried,
            total=total,
        )
    return None


def _spread(lag: np.ndarray, members: Ints) -> int:
    return int(lag[members].max() - lag[members].min())


def _as_found(proposals: list[BatchMatch], rule: BatchRule, head: Side, tier: Tier) -> pl.DataFrame:
    frame = pl.DataFrame(proposals).with_columns(
        pl.col("part_nos").list.sort().cast(pl.List(pl.Int32)),
        pl.concat_list(pl.col(c.HEAD_NO).cast(pl.Int32)).alias("heads"),
    )
    one, many = (c.LEFT_NOS, c.RIGHT_NOS) if head == "left" else (c.RIGHT_NOS, c.LEFT_NOS)
    return frame.select(
        pl.col("heads").alias(one),
        pl.col("part_nos").alias(many),
        pl.lit("one_to_many" if head == "left" else "many_to_one").alias("kind"),
        pl.lit(tier).alias("tier"),
        pl.lit(rule.name).alias("rule"),
        pl.col("score"),
        pl.lit(0).alias("adjustment"),
        pl.struct(
            pl.col("part_nos").list.len().alias("members"),
            pl.col(c.TEXT_SIMILARITY).round(1).alias("least_text_similarity"),
            pl.col("solutions").alias("subsets_that_balance"),
            pl.col("expected_false_matches").round(6).alias("expected_by_chance"),
            pl.col("sums_tried").alias("sums_tried"),
            (pl.col("total").cast(pl.Decimal(38, 3)) / 1000)
            .cast(pl.String)
            .alias("both_sides_sum_to"),
        )
        .struct.json_encode()
        .alias("parts"),
        pl.lit("[]").alias("rivals"),
    )
