"""Manual decisions as data: who decided what, when and why. They are replayed on every run.

Later decisions about a row replace earlier ones. A decision about much money counts only once a
second person has checked it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import combinations
from typing import get_args

import polars as pl

from quality.reconciliation.closed_sets import DecisionAction, Side

COLUMNS: Mapping[str, pl.DataType] = {
    "decision_id": pl.String(),
    "recon": pl.String(),
    "action": pl.String(),
    "left_ids": pl.List(pl.String()),
    "right_ids": pl.List(pl.String()),
    "actor": pl.String(),
    "checker": pl.String(),
    "decided_at": pl.Datetime("us", "UTC"),
    "reason": pl.String(),
    "as_of": pl.Date(),
    "recorded_at": pl.Datetime("us", "UTC"),
    "taken_together": pl.Decimal(18, 3),
}
"""A decision as a stored row; `checker` may be null. Rows are only ever appended: the newest row of
a `decision_id` by `recorded_at` counts. `as_of` is the day of the figures that its author saw, so
that a question about an earlier day is answered without it. `taken_together`: what the decisions of
one act about many items were worth in sum, in one currency; null for a decision by itself."""

Member = tuple[Side, str]
"""A side and a row id."""

Pair = tuple[Member, Member]
"""Two rows in the order of their names."""


@dataclass(frozen=True, slots=True)
class ManualDecision:
    """One decision about rows of either side.

    `match` settles them with each other, `unmatch` keeps them apart, `leave_open` keeps each out of
    any match, `write_off` settles them with an adjustment.
    """

    decision_id: str
    action: DecisionAction
    left_ids: tuple[str, ...]
    right_ids: tuple[str, ...]
    actor: str
    decided_at: datetime
    reason: str
    approver: str | None = None
    taken_together: Decimal | None = None

    @property
    def members(self) -> frozenset[Member]:
        """The rows it is about."""
        return frozenset(
            [("left", row) for row in self.left_ids] + [("right", row) for row in self.right_ids]
        )


@dataclass(slots=True)
class EffectiveDecisions:
    """The decisions in force: groups matched by hand, pairs that must not match, rows excluded.

    `not_effective` gives, by decision that does not count (yet), the reason; `replaced` gives, by
    decision that a later one has undone, the id of that one.
    """

    matched: list[ManualDecision] = field(default_factory=list)
    must_not_match: dict[Pair, ManualDecision] = field(default_factory=dict)
    excluded: dict[Member, ManualDecision] = field(default_factory=dict)
    not_effective: dict[str, str] = field(default_factory=dict)
    replaced: dict[str, str] = field(default_factory=dict)


def decisions_of(
    frame: pl.DataFrame | None, recon: str, as_of: date | None = None
) -> list[ManualDecision]:
    """The stored decisions about one reconciliation, each as its newest row has it.

    Args:
        frame: rows with `COLUMNS`.
        recon: the reconciliation.
        as_of: rows written when later figures had been seen are not known yet.
    """
    if frame is None or not frame.height:
        return []
    rows = frame.filter(pl.col("recon") == recon)
    if as_of is not None:
        rows = rows.filter(pl.col("as_of").is_null() | (pl.col("as_of") <= as_of))
    newest = rows.sort("recorded_at", "checker", nulls_last=False).unique(
        "decision_id", keep="last"
    )
    return [
        ManualDecision(
            decision_id=row["decision_id"],
            action=row["action"],
            left_ids=tuple(row["left_ids"] or ()),
            right_ids=tuple(row["right_ids"] or ()),
            actor=row["actor"] or "",
            approver=row["checker"],
            decided_at=row["decided_at"],
            reason=row["reason"] or "",
            taken_together=row.get("taken_together"),
        )
        for row in newest.sort("decided_at", "decision_id").iter_rows(named=True)
    ]


def effective_decisions(
    decisions: Iterable[ManualDecision],
    amounts: Mapping[Member, Decimal],
    dual_control_threshold: Decimal,
) -> EffectiveDecisions:
    """Replay decisions in the order they were taken.

    Args:
        decisions: any order; they are sorted by time and id.
        amounts: amount of every row that is here.
        dual_control_threshold: amount from which a second person is needed.
    """
    result = EffectiveDecisions()
    matched: dict[str, ManualDecision] = {}
    matched_by: dict[Member, str] = {}
    latest: dict[Member, int] = {}
    counting: list[ManualDecision] = []
    for decision in sorted(decisions, key=lambda d: (d.decided_at, d.decision_id)):
        objection = objection_to(decision, amounts, dual_control_threshold)
        if objection:
            result.not_effective[decision.decision_id] = objection
            continue
        rows = sorted(decision.members)
        for row in rows:
            matched.pop(matched_by.pop(row, ""), None)
            result.excluded.pop(row, None)
        pairs = list(combinations(rows, 2))
        for pair in pairs:
            result.must_not_match.pop(pair, None)
        if decision.action in {"match", "write_off"}:
            matched[decision.decision_id] = decision
            matched_by |= dict.fromkeys(rows, decision.decision_id)
        elif decision.action == "leave_open":
            result.excluded |= dict.fromkeys(rows, decision)
        else:
            result.must_not_match |= dict.fromkeys(pairs, decision)
        latest |= dict.fromkeys(rows, len(counting))
        counting.append(decision)
    result.matched = list(matched.values())
    holding = {
        one.decision_id
        for one in (*result.matched, *result.excluded.values(), *result.must_not_match.values())
    }
    for decision in counting:
        if decision.decision_id not in holding:
            last = max(latest[row] for row in decision.members)
            result.replaced[decision.decision_id] = counting[last].decision_id
    return result


def objection_to(
    decision: ManualDecision, amounts: Mapping[Member, Decimal], dual_control_threshold: Decimal
) -> str:
    """Why a decision does not count; empty when it does.

    What it is worth is the larger side with every row counted as positive: rows that cancel each
    other are money all the same. Much money does not become little by being decided about item by
    item: what was taken together counts together.
    """
    absent = sorted(member for member in decision.members if member not in amounts)
    settles = decision.action in {"match", "unmatch"}
    objections = (
        (decision.action not in get_args(DecisionAction), f"{decision.action} is not a decision"),
        (not (decision.actor and decision.reason), "a decision needs an actor and a reason"),
        (not decision.members, "it names no row"),
        (bool(absent), f"these rows are not here: {', '.join(row for _, row in absent)}"),
        (settles and len(decision.members) < 2, f"to {decision.action} needs two rows"),
        (_is_own(decision), f"{decision.actor} cannot check an own decision"),
    )
    for stands, objection in objections:
        if stands:
            return objection
    value = max(amount_at_stake(decision, amounts), decision.taken_together or Decimal(0))
    if value >= dual_control_threshold and not decision.approver:
        return f"{value} needs a second person"
    return ""


def _is_own(decision: ManualDecision) -> bool:
    return (decision.approver or "").casefold() == decision.actor.casefold()


def amount_at_stake(decision: ManualDecision, amounts: Mapping[Member, Decimal]) -> Decimal:
    """The larger side of a decision, every row counted as positive."""
    return max(
        _total(decision.left_ids, "left", amounts), _total(decision.right_ids, "right", amounts)
    )


def _total(rows: Sequence[str], side: Side, amounts: Mapping[Member, Decimal]) -> Decimal:
    return sum((abs(amounts[side, row]) for row in rows), Decimal(0))
