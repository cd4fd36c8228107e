"""Manual decisions as data: who decided what, when and why. They are replayed on every run.

Later decisions about a row replace earlier ones. A decision about much money counts only once a
second person has checked it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import combinations
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
    "as_of": pl.Date(),
    "recorded_at": pl.Datetime("us", "UTC"),
    "taken_together": pl.Decimal(18, 3),
}
"""A decision as a stored row; `checker` may be null. Rows are only ever appended: the newest row of
a `decision_id` by `recorded_at` counts. `as_of` is the day of the figures that its author saw, so
that a question about an earlier day is answered without it. `taken_together`: what the decisions of
one act about many items were worth in sum, in one currency; null for a decision by itself."""

Member = tuple[str, str]
"""A side and a row id."""

Pair = tuple[Member, Member]
"""Two rows in the order of their names."""


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
    taken_together: Decimal | None = None

    @property
    def members(self) -> frozenset[Member]:
        """The rows it is about."""
        return frozenset(
            [("left", row) for row in self.left_ids] + [("right", row) for row in self.right_ids]
        )


@dataclass(slots=True)
class Standing:
    """What the decisions come to: groups settled by hand, pairs kept apart, rows kept open.

    `pending` says of each decision that does not count (yet) why, `replaced` of each that a later
    one has undone which one that was.
    """

    matched: list[Decision] = field(default_factory=list)
    apart: dict[Pair, Decision] = field(default_factory=dict)
    left_open: dict[Member, Decision] = field(default_factory=dict)
    pending: dict[str, str] = field(default_factory=dict)
    replaced: dict[str, str] = field(default_factory=dict)


def decisions_of(
    frame: pl.DataFrame | None, recon: str, as_of: date | None = None
) -> list[Decision]:
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
        Decision(
            decision_id=row["decision_id"],
            action=row["action"],
            left_ids=tuple(row["left_ids"] or ()),
            right_ids=tuple(row["right_ids"] or ()),
            actor=row["actor"] or "",
            checker=row["checker"],
            decided_at=row["decided_at"],
            reason=row["reason"] or "",
            taken_together=row.get("taken_together"),
        )
        for row in newest.sort("decided_at", "decision_id").iter_rows(named=True)
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
    matched: dict[str, Decision] = {}
    settled: dict[Member, str] = {}
    latest: dict[Member, int] = {}
    counting: list[Decision] = []
    for decision in sorted(decisions, key=lambda d: (d.decided_at, d.decision_id)):
        objection = objection_to(decision, amounts, checked_from)
        if objection:
            result.pending[decision.decision_id] = objection
            continue
        rows = sorted(decision.members)
        for row in rows:
            matched.pop(settled.pop(row, ""), None)
            result.left_open.pop(row, None)
        pairs = list(combinations(rows, 2))
        for pair in pairs:
            result.apart.pop(pair, None)
        if decision.action in {"match", "write_off"}:
            matched[decision.decision_id] = decision
            settled |= dict.fromkeys(rows, decision.decision_id)
        elif decision.action == "leave_open":
            result.left_open |= dict.fromkeys(rows, decision)
        else:
            result.apart |= dict.fromkeys(pairs, decision)
        latest |= dict.fromkeys(rows, len(counting))
        counting.append(decision)
    result.matched = list(matched.values())
    holding = {
        one.decision_id
        for one in (*result.matched, *result.left_open.values(), *result.apart.values())
    }
    for decision in counting:
        if decision.decision_id not in holding:
            last = max(latest[row] for row in decision.members)
            result.replaced[decision.decision_id] = counting[last].decision_id
    return result


def objection_to(
    decision: Decision, amounts: Mapping[Member, Decimal], checked_from: Decimal
) -> str:
    """Why a decision does not count; empty when it does.

    What it is worth is the larger side with every row counted as positive: rows that cancel each
    other are money all the same. Much money does not become little by being decided about item by
    item: what was taken together counts together.
    """
    absent = sorted(member for member in decision.members if member not in amounts)
    settles = decision.action in {"match", "unmatch"}
    objections = (
        (decision.action not in get_args(Action), f"{decision.action} is not a decision"),
        (not (decision.actor and decision.reason), "a decision needs an actor and a reason"),
        (not decision.members, "it names no row"),
        (bool(absent), f"these rows are not here: {', '.join(row for _, row in absent)}"),
        (settles and len(decision.members) < 2, f"to {decision.action} needs two rows"),
        (_is_own(decision), f"{decision.actor} cannot check an own decision"),
    )
    for stands, objection in objections:
        if stands:
            return objection
    value = max(worth(decision, amounts), decision.taken_together or Decimal(0))
    if value >= checked_from and not decision.checker:
        return f"{value} needs a second person"
    return ""


def _is_own(decision: Decision) -> bool:
    return (decision.checker or "").casefold() == decision.actor.casefold()


def worth(decision: Decision, amounts: Mapping[Member, Decimal]) -> Decimal:
    """The larger side of a decision, every row counted as positive."""
    return max(
        _total(decision.left_ids, "left", amounts), _total(decision.right_ids, "right", amounts)
    )


def _total(rows: Sequence[str], side: str, amounts: Mapping[Member, Decimal]) -> Decimal:
    return sum((abs(amounts[side, row]) for row in rows), Decimal(0))
