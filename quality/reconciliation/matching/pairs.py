"""One row settles one row: candidates, weights, competition, and what is accepted."""

import numpy as np
import polars as pl

from quality.reconciliation.comparison.names import level, similarity
from quality.reconciliation.evidence.cards import cards
from quality.reconciliation.matching.amount_frequencies import Accidents
from quality.reconciliation.matching.assignment import accepted, best_assignment, probabilities
from quality.reconciliation.matching.blocking import difference_candidates, pair_candidates
from quality.reconciliation.matching.difference_causes import explained, limit_of
from quality.reconciliation.matching.match_weights import learn, log_odds, stated
from quality.reconciliation.matching.parameters import Learnt
from quality.reconciliation.matching.state import Board
from quality.reconciliation.rules import DifferenceRule, PairRule, RuleSet
from quality.reconciliation.sides import UNITS

_SURE_OF_THE_ROW = 0.95
"""A row that surely settles with one of several, without saying which, is worth a suggestion."""


def weighed(
    board: Board, rule: PairRule | DifferenceRule, rules: RuleSet, learnt: Learnt, *, tier: str
) -> pl.DataFrame:
    """The rule's candidate pairs among the free rows, with the parts of their odds and `p`."""
    lefts, rights = board.lefts, board.rights
    if not (lefts.height and rights.height):
        return pl.DataFrame()
    board.offer()
    if isinstance(rule, PairRule):
        edges = pair_candidates(board.con, rule)
    else:
        edges = difference_candidates(board.con, rule)
    edges = board.allowed(edges)
    if isinstance(rule, DifferenceRule) and edges.height:
        edges = explained(edges, board, rule, rules)
    if not edges.height:
        return edges
    accidents = learnt.accidents.get(f"{rule.name}/{tier}")
    if accidents is None:
        keep = isinstance(rule, DifferenceRule)
        accidents = Accidents.among(rights, keep_amounts=keep)
        learnt.accidents[f"{rule.name}/{tier}"] = accidents
    edges = with_text(edges, board, rules).join(
        _rates(rule, lefts, accidents), left_on="l", right_on="k", maintain_order="left"
    )
    if rule.name not in learnt.weights:
        start = stated(rules, rule.window, rule.share)
        learnt.weights[rule.name] = learn(edges, start, rules, rule.window, lefts.height)
    edges = log_odds(edges, learnt.weights[rule.name], rules.evidence, rule.window)
    p = probabilities(
        edges["l"].to_numpy().astype(np.int64),
        edges["r"].to_numpy().astype(np.int64),
        edges["odds"].to_numpy(),
    )
    return edges.with_columns(pl.Series("p", p))


def with_text(edges: pl.DataFrame, board: Board, rules: RuleSet) -> pl.DataFrame:
    """Edges with the similarity of their words (0 to 100) and its level."""
    left = board.items.left["words"].gather(edges["l"])
    right = board.items.right["words"].gather(edges["r"])
    lengths = np.minimum(left.str.len_chars().to_numpy(), right.str.len_chars().to_numpy())
    scores = similarity(left.to_list(), right.to_list())
    levels = level(scores, lengths.astype(np.int64), rules.evidence.text)
    stranger = board.items.left["stranger"].gather(edges["l"]) | board.items.right[
        "stranger"
    ].gather(edges["r"])
    levels = np.where((levels == 1) & stranger.to_numpy(), 0, levels)
    return edges.with_columns(pl.Series("similarity", scores), pl.Series("text", levels))


def _rates(
    rule: PairRule | DifferenceRule, lefts: pl.DataFrame, accidents: Accidents
) -> pl.DataFrame:
    if isinstance(rule, PairRule):
        return accidents.rate(lefts).select("k", "rate")
    if rule.cause == "transposition":
        return accidents.rate(lefts).select("k", pl.col("rate") * pl.col("digits"))
    reach = pl.max_horizontal(
        limit_of(rule.up_to, pl.col("block")) * UNITS,
        pl.col("units").abs() * float(rule.up_to_percent / 100),
    )
    return accidents.rate_within(lefts, reach)


def settle(
    board: Board, edges: pl.DataFrame, rule: PairRule | DifferenceRule, rules: RuleSet, *, tier: str
) -> None:
    """Accept what reaches the tier, and remember what did not."""
    if not edges.height:
        return
    left = edges["l"].to_numpy().astype(np.int64)
    right = edges["r"].to_numpy().astype(np.int64)
    p = edges["p"].to_numpy()
    chosen = accepted(left, right, p, rules.tiers.auto)
    if "sure" in edges.columns:
        chosen &= edges["sure"].to_numpy()
    if rules.tiers.max_adjustment:
        block = board.items.left["block"].gather(edges["l"])
        most = pl.select(limit_of(rules.tiers.max_adjustment, pl.lit(block)) * UNITS).to_series()
        chosen &= edges["gap"].abs().to_numpy() <= most.to_numpy()
    if tier == "suggested":
        chosen = _suggested(edges, rules.tiers.suggested)
    board.take(
        edges.filter(pl.Series(chosen))
        .select(
            pl.concat_list("l").alias("lefts"),
            pl.concat_list("r").alias("rights"),
            pl.lit("one_to_one").alias("kind"),
            pl.lit(tier).alias("tier"),
            pl.lit(rule.name).alias("rule"),
            pl.col("p").alias("score"),
            pl.col("gap").alias("adjustment"),
        )
        .hstack(cards(board, edges, chosen, rule))
    )
    board.remember(edges.filter(pl.Series(~chosen)), rule.name)


def _suggested(edges: pl.DataFrame, floor: float) -> np.ndarray:
    """The best exclusive set, of which each pair is likely or at least sure of both its rows."""
    left = edges["l"].to_numpy().astype(np.int64)
    right = edges["r"].to_numpy().astype(np.int64)
    p = edges["p"].to_numpy()
    best = best_assignment(left, right, np.log(np.maximum(p, 1e-9) / 0.02))
    sure = np.minimum(np.bincount(left, p)[left], np.bincount(right, p)[right])
    return np.asarray(best & ((p >= floor) | (sure >= _SURE_OF_THE_ROW)))
