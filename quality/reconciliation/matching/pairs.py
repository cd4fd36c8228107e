"""One row settles one row: candidates, weights, competition, and what is accepted."""

import numpy as np
import polars as pl

from quality.reconciliation import columns as c
from quality.reconciliation.closed_sets import Tier
from quality.reconciliation.comparison.names import similarity, similarity_level
from quality.reconciliation.evidence.cards import cards
from quality.reconciliation.matching.amount_frequencies import AmountFrequencies
from quality.reconciliation.matching.assignment import accepted, best_assignment, probabilities
from quality.reconciliation.matching.blocking import difference_candidates, pair_candidates
from quality.reconciliation.matching.difference_causes import explained, limit_of
from quality.reconciliation.matching.match_weights import estimate_weights, log_odds, stated_weights
from quality.reconciliation.matching.parameters import ModelParameters
from quality.reconciliation.matching.state import MatchState
from quality.reconciliation.rules import DifferenceRule, PairRule, RuleSet
from quality.reconciliation.sides import THOUSANDTHS_PER_UNIT

_SURE_OF_THE_ROW = 0.95
"""Probability that a row settles with one of several, from which the best is suggested. With 0.90 a
wrong suggestion more on the bank_rec set (2 of 1,123), with 0.99 one less and two rows left
open."""
_WORTH_SUGGESTING = 0.02
"""Probability at which a pair adds nothing to a set of suggestions: far below `tiers.suggested`. A
tenth moves nothing; with 0.2 one wrong suggestion of 1,122 on the bank_rec set turns right."""
_SMALLEST = 1e-9
"""Stands for a probability of zero under the logarithm; 1e-6 or 1e-12 move nothing."""


def score_pairs(
    state: MatchState,
    rule: PairRule | DifferenceRule,
    rules: RuleSet,
    parameters: ModelParameters,
    *,
    tier: Tier,
) -> pl.DataFrame:
    """The rule's candidate pairs among the free rows, scored.

    One row per pair: `columns.PAIRS`, text_similarity, text_level, expected_per_day, five log odds,
    total_odds and probability; no columns where there is no pair.
    """
    lefts, rights = state.lefts, state.rights
    if not (lefts.height and rights.height):
        return pl.DataFrame()
    state.expose()
    if isinstance(rule, PairRule):
        edges = pair_candidates(state.con, rule)
    else:
        edges = difference_candidates(state.con, rule)
    edges = state.without_forbidden(edges)
    if isinstance(rule, DifferenceRule) and edges.height:
        edges = explained(edges, state, rule, rules)
    if not edges.height:
        return edges
    amount_frequencies = parameters.amount_frequencies.get(f"{rule.name}/{tier}")
    if amount_frequencies is None:
        keep = isinstance(rule, DifferenceRule)
        amount_frequencies = AmountFrequencies.among(rights, keep_amounts=keep)
        parameters.amount_frequencies[f"{rule.name}/{tier}"] = amount_frequencies
    edges = with_text_evidence(edges, state, rules).join(
        _rates(rule, lefts, amount_frequencies),
        left_on=c.LEFT_NO,
        right_on=c.ROW_NO,
        maintain_order="left",
    )
    if rule.name not in parameters.weights:
        start = stated_weights(rules, rule.window, rule.share)
        parameters.weights[rule.name] = estimate_weights(
            edges, start, rules, rule.window, lefts.height
        )
    edges = log_odds(edges, parameters.weights[rule.name], rules.evidence, rule.window)
    p = probabilities(
        edges[c.LEFT_NO].to_numpy().astype(np.int64),
        edges[c.RIGHT_NO].to_numpy().astype(np.int64),
        edges[c.TOTAL_ODDS].to_numpy(),
    )
    return edges.with_columns(pl.Series(c.PROBABILITY, p))


def with_text_evidence(edges: pl.DataFrame, state: MatchState, rules: RuleSet) -> pl.DataFrame:
    """One row per pair, as given, with text_similarity (0 to 100) and text_level."""
    left = state.items.left[c.NAME_TOKENS].gather(edges[c.LEFT_NO])
    right = state.items.right[c.NAME_TOKENS].gather(edges[c.RIGHT_NO])
    lengths = np.minimum(left.str.len_chars().to_numpy(), right.str.len_chars().to_numpy())
    scores = similarity(left.to_list(), right.to_list())
    levels = similarity_level(scores, lengths.astype(np.int64), rules.evidence.text)
    stranger = state.items.left[c.NO_SHARED_WORD].gather(edges[c.LEFT_NO]) | state.items.right[
        c.NO_SHARED_WORD
    ].gather(edges[c.RIGHT_NO])
    levels = np.where((levels == 1) & stranger.to_numpy(), 0, levels)
    return edges.with_columns(pl.Series(c.TEXT_SIMILARITY, scores), pl.Series(c.TEXT_LEVEL, levels))


def _rates(
    rule: PairRule | DifferenceRule, lefts: pl.DataFrame, amount_frequencies: AmountFrequencies
) -> pl.DataFrame:
    if isinstance(rule, PairRule):
        return amount_frequencies.rate(lefts).select(c.ROW_NO, c.EXPECTED_PER_DAY)
    if rule.cause == "transposition":
        return amount_frequencies.rate(lefts).select(
            c.ROW_NO, pl.col(c.EXPECTED_PER_DAY) * pl.col("digits")
        )
    reach = pl.max_horizontal(
        limit_of(rule.up_to, pl.col(c.BLOCK)) * THOUSANDTHS_PER_UNIT,
        pl.col(c.THOUSANDTHS).abs() * float(rule.up_to_percent / 100),
    )
    return amount_frequencies.rate_within(lefts, reach)


def accept_pairs(
    state: MatchState,
    edges: pl.DataFrame,
    rule: PairRule | DifferenceRule,
    rules: RuleSet,
    *,
    tier: Tier,
) -> None:
    """Accept what reaches the tier, and remember what did not."""
    if not edges.height:
        return
    left = edges[c.LEFT_NO].to_numpy().astype(np.int64)
    right = edges[c.RIGHT_NO].to_numpy().astype(np.int64)
    p = edges[c.PROBABILITY].to_numpy()
    chosen = accepted(left, right, p, rules.tiers.auto)
    if "sure" in edges.columns:
        chosen &= edges["sure"].to_numpy()
    if rules.tiers.max_adjustment:
        block = state.items.left[c.BLOCK].gather(edges[c.LEFT_NO])
        most = pl.select(
            limit_of(rules.tiers.max_adjustment, pl.lit(block)) * THOUSANDTHS_PER_UNIT
        ).to_series()
        chosen &= edges[c.DIFFERENCE].abs().to_numpy() <= most.to_numpy()
    if tier == "suggested":
        chosen = _suggested(edges, rules.tiers.suggested)
    state.accept(
        edges.filter(pl.Series(chosen))
        .select(
            pl.concat_list(c.LEFT_NO).alias(c.LEFT_NOS),
            pl.concat_list(c.RIGHT_NO).alias(c.RIGHT_NOS),
            pl.lit("one_to_one").alias("kind"),
            pl.lit(tier).alias("tier"),
            pl.lit(rule.name).alias("rule"),
            pl.col(c.PROBABILITY).alias("score"),
            pl.col(c.DIFFERENCE).alias("adjustment"),
        )
        .hstack(cards(state, edges, chosen, rule))
    )
    state.keep_rejected(edges.filter(pl.Series(~chosen)), rule.name)


def _suggested(edges: pl.DataFrame, floor: float) -> np.ndarray:
    """The best exclusive set, of which each pair is likely or at least sure of both its rows."""
    left = edges[c.LEFT_NO].to_numpy().astype(np.int64)
    right = edges[c.RIGHT_NO].to_numpy().astype(np.int64)
    p = edges[c.PROBABILITY].to_numpy()
    best = best_assignment(left, right, np.log(np.maximum(p, _SMALLEST) / _WORTH_SUGGESTING))
    sure = np.minimum(np.bincount(left, p)[left], np.bincount(right, p)[right])
    return np.asarray(best & ((p >= floor) | (sure >= _SURE_OF_THE_ROW)))
