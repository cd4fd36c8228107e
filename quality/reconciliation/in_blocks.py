"""More rows than memory holds: some accounts at a time, all judged by the same measures."""

from collections.abc import Iterable, Iterator
from datetime import date

import polars as pl

from quality.business_calendar import BusinessCalendar
from quality.reconciliation.decisions.model import ManualDecision
from quality.reconciliation.engine import reconcile
from quality.reconciliation.matching.parameters import ModelParameters
from quality.reconciliation.outcome import ReconciliationResult
from quality.reconciliation.rules import RuleSet
from quality.reconciliation.sides import complete

ROWS_AT_ONCE = 2_000_000
"""Rows of both sides settled at once: 1 M by 1 M take 3.3 GB (`benchmarks.reconciliation`)."""


def reconcile_within_bounds(
    left: pl.DataFrame, right: pl.DataFrame, rules: RuleSet, *, rows_at_once: int = ROWS_AT_ONCE
) -> ReconciliationResult:
    """Reconcile two sides; books of more rows than `rows_at_once` a block of accounts at a time.

    Returns:
        The outcome of one run, or the outcomes of all blocks as one; see `in_blocks` for what a
        block does not see.
    """
    if left.height + right.height <= rows_at_once:
        return reconcile(left, right, rules)
    sides = [complete(left, "left"), complete(right, "right")]
    # Each block stands on the last day of the whole books, as one run would.
    as_of = pl.concat([side["date"] for side in sides]).cast(pl.Date).max()
    blocks = list(
        in_blocks(
            sides[0].lazy(),
            sides[1].lazy(),
            rules,
            rows_at_once=rows_at_once,
            as_of=as_of,  # type: ignore[arg-type]  # the highest of some dates is a date
        )
    )
    return ReconciliationResult(
        pl.concat([block.matches for block in blocks]).sort("match_id", "side", "row_id"),
        pl.concat([block.breaks for block in blocks]).sort("break_id"),
        pl.concat([block.adjustments for block in blocks]).sort("match_id"),
        blocks[0].parameters,
    )


def in_blocks(
    left: pl.LazyFrame,
    right: pl.LazyFrame,
    rules: RuleSet,
    decisions: Iterable[ManualDecision] = (),
    *,
    rows_at_once: int,
    calendar: BusinessCalendar | None = None,
    as_of: date | None = None,
) -> Iterator[ReconciliationResult]:
    """Reconcile two sides that are read a block of accounts at a time.

    No rule looks across accounts (or, where it may, across currencies), so that the matches are
    those of one run with these measures; an account of more rows than that is read whole. What a
    text, a reference and a date weigh is learnt from the first block and holds for all. A break
    whose counterpart stands in an account of another block is not told as `wrong_account`.

    Args:
        left: one side; see `sides.COLUMNS`.
        right: the other side.
        rules: which rows may settle each other.
        decisions: manual decisions; one is replayed in the block that has all its rows.
        rows_at_once: rows of both sides together that one block may hold.
        calendar: business days.
        as_of: the day on which we stand.

    Yields:
        One outcome per block; a row is in exactly one of them.
    """
    given = list(decisions)
    key = "currency" if rules.across_accounts else "account_id"
    left, right = (
        side.with_columns(pl.col(key).fill_null("").alias("_key")) for side in (left, right)
    )
    parameters: ModelParameters | None = None
    for keys in _blocks(left, right, rows_at_once):
        one, two = (
            side.filter(pl.col("_key").is_in(keys)).drop("_key").collect() for side in (left, right)
        )
        here = {("left", row) for row in one["row_id"]} | {("right", row) for row in two["row_id"]}
        outcome = reconcile(
            one,
            two,
            rules,
            decisions=[decision for decision in given if decision.members <= here],
            calendar=calendar,
            as_of=as_of,
            parameters=parameters,
        )
        if parameters is None:
            learnt = outcome.parameters
            parameters = ModelParameters(learnt.vocabulary, learnt.families, dict(learnt.weights))
        yield outcome


def _blocks(left: pl.LazyFrame, right: pl.LazyFrame, rows_at_once: int) -> Iterator[list[str]]:
    """Accounts in their order, as many at a time as stay within the number of rows."""
    rows = (
        pl.concat([left.select("_key"), right.select("_key")])
        .group_by("_key")
        .len()
        .sort("_key")
        .collect()
    )
    block: list[str] = []
    held = 0
    for name, count in rows.iter_rows():
        if block and held + count > rows_at_once:
            yield block
            block, held = [], 0
        block.append(name)
        held += count
    if block:
        yield block
