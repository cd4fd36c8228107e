"""Manual decisions as data: who decided what, when and why. They are replayed on every run.

Later decisions about a row replace earlier ones. A decision about much money counts only once a
second person has checked it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal, get_args

import polars as pl

Action = Literal["match", "unmatch", "leave_open", "write_off"]

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
}
"""A decision as a stored row; `checker` may be null."""

Member = tuple[str, str]
"""A side and a row id."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision about rows of either side.

    `match` settles them with each other, `unmatch` keeps them apart, `leave_open` keeps each out of
    any match, `write_off` settles them with an adjustment.
    """

    decision_id: str
    action: Action
    left_ids: tuple[str, ...]
    right_ids: tuple[str, ...]
    actor: str
    decided_at: datetime
    reason: str
    checker: str | None = None

    @property
    def members(self) -> frozenset[Member]:
        """The rows it is about."""
        return frozenset(
            [("left", row) for row in self.left_ids] + [("right", row) for row in self.right_ids]
        )


@dataclass(slots=True)
class Standing:
    """What the decisions come to: groups settled by hand, pairs kept apart, rows kept open."""

    matched: list[Decision] = field(default_factory=list)
    apart: set[tuple[Member, Member]] = field(default_factory=set)
    left_open: dict[Member, Decision] = field(default_factory=dict)
    pending: dict[str, str] = field(default_factory=dict)


def decisions_of(frame: pl.DataFrame | None, recon: str) -> list[Decision]:
    """The stored decisions about one reconciliation."""
    if frame is None or not frame.height:
        return []
    rows = frame.filter(pl.col("recon") == recon).sort("decided_at", "decision_id")
    return [
        Decision(
            decision_id=row["decision_id"],
            action=row["action"],
            left_ids=tuple(row["left_ids"] or ()),
            right_ids=tuple(row["right_ids"] or ()),
            actor=row["actor"] or "",
            checker=row["checker"],
            decided_at=row["decided_at"],
            reason=row["reason"] or "",
        )
        for row in rows.iter_rows(named=True)
    ]


def standing(
    decisions: Iterable[Decision], amounts: Mapping[Member, Decimal], checked_from: Decimal
) -> Standing:
    """Replay decisions in the order they were taken.

    Args:
        decisions: any order; they are sorted by time and id.
        amounts: amount of every row that is here.
        checked_from: amount from which a second person is needed.
    """
    result = Standing()
    for decision in sorted(decisions, key=lambda d: (d.decided_at, d.decision_id)):
        objection = _objection(decision, amounts, checked_from)
        if objection:
            result.pending[decision.decision_id] = objection
            continue
        rows = decision.members
        result.matched = [d for d in result.matched if not d.members & rows]
        result.left_open = {m: d for m, d in result.left_open.items() if m not in rows}
        result.apart = {pair for pair in result.apart if not set(pair) <= rows}
        if decision.action in {"match", "write_off"}:
            result.matched.append(decision)
        elif decision.action == "leave_open":
            result.left_open |= dict.fromkeys(sorted(rows), decision)
        else:
            ordered = sorted(rows)
            result.apart |= {(a, b) for a in ordered for b in ordered if a < b}
    return result


def _objection(decision: Decision, amounts: Mapping[Member, Decimal], checked_from: Decimal) -> str:
    """Why a decision does not count; empty when it does."""
    absent = sorted(member for member in decision.members if member not in amounts)
    objections = (
        (decision.action not in get_args(Action), f"{decision.action} is not a decision"),
        (not (decision.actor and decision.reason), "a decision needs an actor and a reason"),
        (not decision.members, "it names no row"),
        (bool(absent), f"these rows are not here: {', '.join(row for _, row in absent)}"),
        (decision.action == "match" and len(decision.members) < 2, "a match needs two rows"),
    )
    for stands, objection in objections:
        if stands:
            return objection
    value = max(
        abs(_total(decision.left_ids, "left", amounts)),
        abs(_total(decision.right_ids, "right", amounts)),
    )
    if value >= checked_from and decision.checker in {None, "", decision.actor}:
        return f"{value} needs a second person"
    return ""


def _total(rows: Sequence[str], side: str, amounts: Mapping[Member, Decimal]) -> Decimal:
    return sum((amounts[side, row] for row in rows), Decimal(0))
