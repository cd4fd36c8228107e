"""Run a rule set over two sides: first all that is sure, then what is likely, then what is left."""

from collections.abc import Iterable
from datetime import date

import duckdb
import polars as pl

from quality.business_calendar import BusinessCalendar
from quality.reconciliation.breaks.classify import breaks_of
from quality.reconciliation.closed_sets import SIDES, TIERS, Tier
from quality.reconciliation.comparison.names import learn_vocabulary
from quality.reconciliation.comparison.reference_families import shared_families, with_families
from quality.reconciliation.decisions.model import ManualDecision
from quality.reconciliation.decisions.replay import replay
from quality.reconciliation.matching.batches import match_batches
from quality.reconciliation.matching.groups import match_groups
from quality.reconciliation.matching.matches import matches_of
from quality.reconciliation.matching.offsets import match_offsets
from quality.reconciliation.matching.pairs import accept_pairs, score_pairs
from quality.reconciliation.matching.parameters import ModelParameters
from quality.reconciliation.matching.state import MatchState
from quality.reconciliation.outcome import ReconciliationResult
from quality.reconciliation.rules import (
    BatchRule,
    DifferenceRule,
    GroupRule,
    OffsetRule,
    PairRule,
    RuleSet,
)
from quality.reconciliation.sides import (
    Items,
    complete,
    counterparty_texts,
    distinct_texts,
    prepare,
)

_SMALL = 50_000
"""Rows up to which dividing a query among threads costs more than it saves; with 0 in its place no
result moves (the published bank_rec set, drawn books, two demos)."""


def reconcile(
    left: pl.DataFrame,
    right: pl.DataFrame,
    rules: RuleSet,
    open_items: pl.DataFrame | None = None,
    decisions: Iterable[ManualDecision] = (),
    *,
    calendar: BusinessCalendar | None = None,
    as_of: date | None = None,
    parameters: ModelParameters | None = None,
) -> ReconciliationResult:
    """Settle the rows of one side with those of the other.

    Args:
        left: one side; see `sides.COLUMNS`. Empty is allowed.
        right: the other side.
        rules: which rows may settle each other.
        open_items: rows carried forward from earlier runs (with a `side` column), as
            `incremental.carried_forward` gives them.
        decisions: manual decisions, replayed before any rule.
        calendar: business days; without one, Monday to Friday.
        as_of: the day on which we stand; without one, the last date on either side.
        parameters: model parameters of an earlier run, instead of estimating them from these rows.

    Returns:
        Matches, breaks and adjustments. The same rows in another order give the same result.

    Raises:
        SideError: a side lacks a column, repeats a row id or holds floats.
    """
    calendar = calendar or BusinessCalendar()
    measures = parameters.copy() if parameters else ModelParameters()
    left = complete(_with_open(left, open_items, "left"), "left")
    right = complete(_with_open(right, open_items, "right"), "right")
    items = _prepared(left, right, rules, calendar, measures)
    with duckdb.connect() as con:
        if left.height + right.height < _SMALL:
            con.execute("set threads = 1")
        state = MatchState(con, items)
        not_effective = replay(state, left, right, decisions, rules)
        for tier in TIERS:
            _apply_rules(state, rules, measures, tier)
        state.include_excluded()
        matches, adjustments = matches_of(state, left, right, rules)
        breaks = breaks_of(
            state, left, right, rules=rules, calendar=calendar, as_of=as_of, parameters=measures
        )
    return ReconciliationResult(matches, breaks, adjustments, measures, not_effective)


def _prepared(
    left: pl.DataFrame,
    right: pl.DataFrame,
    rules: RuleSet,
    calendar: BusinessCalendar,
    measures: ModelParameters,
) -> Items:
    """Both sides as items; measures that are absent are taken from them."""
    texts = counterparty_texts(left), counterparty_texts(right)
    if measures.vocabulary is None:
        each_day = distinct_texts(left, texts[0]), distinct_texts(right, texts[1])
        measures.vocabulary = learn_vocabulary(*each_day, rules.evidence.text)
    items = prepare(
        left,
        right,
        calendar,
        measures.vocabulary,
        across_accounts=rules.across_accounts,
        texts=texts,
    )
    if measures.families is None:
        measures.families = shared_families(items)
    items = with_families(items, measures.families)
    for side in SIDES:
        measures.cover(side, items.of(side))
    return items


def _with_open(side: pl.DataFrame, open_items: pl.DataFrame | None, name: str) -> pl.DataFrame:
    if open_items is None or not open_items.height:
        return side
    carried = open_items.filter(pl.col("side") == name).drop("side")
    return pl.concat([side, carried], how="diagonal_relaxed")


def _apply_rules(
    state: MatchState, rules: RuleSet, parameters: ModelParameters, tier: Tier
) -> None:
    for rule in rules.rules:
        if isinstance(rule, OffsetRule):
            match_offsets(state, rule, rules, tier=tier)
        elif isinstance(rule, BatchRule):
            match_batches(state, rule, tier=tier)
        elif isinstance(rule, GroupRule):
            match_groups(state, rule, tier=tier)
        elif _applies(rule, tier):
            edges = score_pairs(state, rule, rules, parameters, tier=tier)
            accept_pairs(state, edges, rule, rules, tier=tier)


def _applies(rule: PairRule | DifferenceRule, tier: Tier) -> bool:
    """Whether a rule can find anything in this sweep."""
    if isinstance(rule, PairRule):
        return tier == "auto" or not rule.auto_only
    return tier == "suggested" or rule.cause != "unexplained"
