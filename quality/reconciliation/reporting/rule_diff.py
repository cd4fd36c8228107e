"""What would other rules have done? A draft is run on history before it counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from quality.business_calendar import BusinessCalendar
from quality.reconciliation.decisions.model import ManualDecision
from quality.reconciliation.engine import reconcile
from quality.reconciliation.outcome import ReconciliationResult
from quality.reconciliation.rules import RuleSet


@dataclass(frozen=True, slots=True)
class RuleDiff:
    """One row per member of a match that only one of the two rule sets makes, or makes differently.

    `gained`: rows that only the draft settles. `lost`: rows that only the present rules settle.
    `changed`: rows that both settle, with other rows, in another tier or by another rule.
    """

    gained: pl.DataFrame
    lost: pl.DataFrame
    changed: pl.DataFrame
    before: ReconciliationResult
    after: ReconciliationResult


def compare_rules(
    present: RuleSet,
    draft: RuleSet,
    left: pl.DataFrame,
    right: pl.DataFrame,
    *,
    decisions: Iterable[ManualDecision] = (),
    calendar: BusinessCalendar | None = None,
    as_of: date | None = None,
) -> RuleDiff:
    """Run both rule sets on the same sides and compare what they settle, row by row."""
    given = list(decisions)
    before, after = (
        reconcile(left, right, rules, decisions=given, calendar=calendar, as_of=as_of)
        for rules in (present, draft)
    )
    present_rows, draft_rows = _partners(before), _partners(after)
    row = ["side", "row_id"]
    both = present_rows.join(draft_rows, on=row, suffix="_draft").filter(
        (pl.col("with") != pl.col("with_draft"))
        | (pl.col("tier") != pl.col("tier_draft"))
        | (pl.col("rule") != pl.col("rule_draft"))
    )
    return RuleDiff(
        gained=draft_rows.join(present_rows, on=row, how="anti").sort(row),
        lost=present_rows.join(draft_rows, on=row, how="anti").sort(row),
        changed=both.sort(row),
        before=before,
        after=after,
    )


def _partners(outcome: ReconciliationResult) -> pl.DataFrame:
    """Each settled row (side, row_id, amount, currency) with its match's members, tier and rule."""
    member = pl.col("side") + ":" + pl.col("row_id")
    return outcome.matches.sort("match_id", "side", "row_id").select(
        "side",
        "row_id",
        "amount",
        "currency",
        "tier",
        "rule",
        member.str.join("|").over("match_id").alias("with"),
    )
