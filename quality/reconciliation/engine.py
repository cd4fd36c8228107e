"""Run a rule set over two sides: first all that is sure, then what is likely, then what is left."""

from collections.abc import Iterable
from datetime import date

import duckdb
import polars as pl

from quality.business_calendar import BusinessCalendar
from quality.reconciliation.breaks.classify import breaks_of
from quality.reconciliation.comparison.names import learn_vocabulary
from quality.reconciliation.comparison.reference_families import shared_families, with_families
from quality.reconciliation.decisions.model import Decision
from quality.reconciliation.decisions.replay import replay
from quality.reconciliation.matching.batches import settle_batches
from quality.reconciliation.matching.groups import settle_groups
from quality.reconciliation.matching.matches import matches_of
from quality.reconciliation.matching.offsets import settle_offsets
from quality.reconciliation.matching.pairs import settle, weighed
from quality.reconciliation.matching.parameters import Learnt
from quality.reconciliation.matching.state import Board
from quality.reconciliation.outcome import Outcome
from quality.reconciliation.rules import (
    BatchRule,
    DifferenceRule,
    GroupRule,
    OffsetRule,
    PairRule,
    RuleSet,
)
from quality.reconciliation.sides import Items, complete, prepare, said, spelled_text

_SMALL = 50_000
"""Rows up to which dividing a query among threads costs more than it saves."""


def reconcile(
    left: pl.DataFrame,
    right: pl.DataFrame,
    rules: RuleSet,
    open_items: pl.DataFrame | None = None,
    decisions: Iterable[Decision] = (),
    *,
    calendar: BusinessCalendar | None = None,
    as_of: date | None = None,
    learnt: Learnt | None = None,
) -> Outcome:
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
        learnt: what an earlier run learnt, instead of learning it from these rows.

    Returns:
        Matches, breaks and adjustments. The same rows in another order give the same result.

    Raises:
        SideError: a side lacks a column, repeats a row id or holds floats.
    """
    calendar = calendar or BusinessCalendar()
    measures = learnt.copy() if learnt else Learnt()
    left = complete(_with_open(left, open_items, "left"), "left")
    right = complete(_with_open(right, open_items, "right"), "right")
    items = _prepared(left, right, rules, calendar, measures)
    with duckdb.connect() as con:
        if left.height + right.height < _SMALL:
            con.execute("set threads = 1")
        board = Board(con, items)
        pending = replay(board, left, right, decisions, rules)
        for tier in ("auto", "suggested"):
            _sweep(board, rules, measures, tier)
        board.release()
        matches, adjustments = matches_of(board, left, right, rules)
        breaks = breaks_of(
            board, left, right, rules=rules, calendar=calendar, as_of=as_of, learnt=measures
        )
    return Outcome(matches, breaks, adjustments, measures, pending)


def _prepared(
    left: pl.DataFrame,
    right: pl.DataFrame,
    rules: RuleSet,
    calendar: BusinessCalendar,
    measures: Learnt,
) -> Items:
    """Both sides as items; measures that are absent are taken from them."""
    texts = spelled_text(left), spelled_text(right)
    if measures.vocabulary is None:
        each_day = said(left, texts[0]), said(right, texts[1])
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
    for side in ("left", "right"):
        measures.cover(side, items.of(side))
    return items


def _with_open(side: pl.DataFrame, open_items: pl.DataFrame | None, name: str) -> pl.DataFrame:
    if open_items is None or not open_items.height:
        return side
    carried = open_items.filter(pl.col("side") == name).drop("side")
    return pl.concat([side, carried], how="diagonal_relaxed")


def _sweep(board: Board, rules: RuleSet, learnt: Learnt, tier: str) -> None:
    for rule in rules.rules:
        if isinstance(rule, OffsetRule):
            settle_offsets(board, rule, rules, tier=tier)
        elif isinstance(rule, BatchRule):
            settle_batches(board, rule, tier=tier)
        elif isinstance(rule, GroupRule):
            settle_groups(board, rule, tier=tier)
        elif _plays(rule, tier):
            edges = weighed(board, rule, rules, learnt, tier=tier)
            settle(board, edges, rule, rules, tier=tier)


def _plays(rule: PairRule | DifferenceRule, tier: str) -> bool:
    """Whether a rule can find anything in this sweep."""
    if isinstance(rule, PairRule):
        return tier == "auto" or not rule.only_sure
    return tier == "suggested" or rule.cause != "unexplained"
