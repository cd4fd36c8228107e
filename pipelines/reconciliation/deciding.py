"""Deciding by hand: the refusals, the second person, and the record that every run replays.

Nothing here touches a figure. A decision is a row of control/decisions; the next run reads it.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import get_args

import polars as pl

from pipelines.lake.lake import Lake
from pipelines.reconciliation.decisions import read_decisions, record_decisions
from pipelines.runs.builds import as_of_of_last_run
from quality.reconciliation.closed_sets import DecisionAction
from quality.reconciliation.decisions.model import (
    ManualDecision,
    Member,
    amount_at_stake,
    decisions_of,
    objection_to,
)
from quality.reconciliation.rules import shipped

SIDES = "silver/int_recon_sides"

_SHOWN = 5


class DecisionError(ValueError):
    """A decision that cannot be recorded; the message says why, and what to do."""


def decide(
    lake: Lake,
    *,
    recon: str,
    action: DecisionAction,
    left_ids: Sequence[str],
    right_ids: Sequence[str],
    actor: str,
    reason: str,
    now: datetime,
) -> ManualDecision:
    """Put a decision on record; the next run replays it.

    Args:
        lake: the lake whose rows it is about.
        recon: the reconciliation, as `int_recon_sides` names it.
        action: match, unmatch, leave_open or write_off.
        left_ids: rows of the left side.
        right_ids: rows of the right side.
        actor: who decides.
        reason: why, in words.
        now: the wall clock.

    Raises:
        DecisionError: a row or reconciliation is unknown, or something is missing. Nothing is
            recorded then.
    """
    item = Item(tuple(left_ids), tuple(right_ids))
    (decision,) = decide_each(
        lake, recon=recon, action=action, items=[item], actor=actor, reason=reason, now=now
    )
    return decision


@dataclass(frozen=True, slots=True)
class Item:
    """Rows of either side that one decision is about."""

    left_ids: tuple[str, ...] = ()
    right_ids: tuple[str, ...] = ()


def decide_each(
    lake: Lake,
    *,
    recon: str,
    action: DecisionAction,
    items: Sequence[Item],
    actor: str,
    reason: str,
    now: datetime,
) -> list[ManualDecision]:
    """Put the same decision about each of many items on record, all of them or none.

    A second person is needed for an item that is worth as much, and for all of a currency when
    they are worth as much together.

    Raises:
        DecisionError: what is wrong with one of them. Nothing is recorded then.
    """
    rows = _rows(lake, recon)
    decisions_given = [
        ManualDecision(
            decision_id="",
            action=action,
            left_ids=tuple(dict.fromkeys(item.left_ids)),
            right_ids=tuple(dict.fromkeys(item.right_ids)),
            actor=actor.strip(),
            decided_at=now,
            reason=reason.strip(),
        )
        for item in items
    ]
    for decision in decisions_given:
        _refuse(decision, rows, recon)
    together = _together(decisions_given, rows) if len(decisions_given) > 1 else [None]
    decisions = [
        replace(decision, decision_id=_identity(decision, recon), taken_together=amount)
        for decision, amount in zip(decisions_given, together, strict=True)
    ]
    as_of = as_of_of_last_run(lake) or now.date()
    records = [_row(decision, recon, as_of=as_of, now=now) for decision in decisions]
    record_decisions(
        lake, records, transaction_ids=[decision.decision_id for decision in decisions]
    )
    return decisions


def check(lake: Lake, decision_id: str, *, actor: str, now: datetime) -> ManualDecision:
    """Put a second person's approval of a decision on record.

    Raises:
        DecisionError: there is no such decision, it is checked already, or `actor` took it.
    """
    recon, decision = _found(lake, decision_id)
    approver = actor.strip()
    if not approver:
        raise DecisionError("Nobody is named who checks. Nothing was recorded; give --actor NAME.")
    if approver.casefold() == decision.actor.casefold():
        raise DecisionError(
            f"{decision.actor} took decision {decision_id} and cannot check it. Nothing was "
            "recorded; a second person has to."
        )
    if decision.approver:
        raise DecisionError(
            f"{decision_id} was checked by {decision.approver} already. Nothing was recorded; "
            "nothing is left to do."
        )
    as_of = as_of_of_last_run(lake) or now.date()
    row = {**_row(decision, recon, as_of=as_of, now=now), "checker": approver}
    record_decisions(lake, [row], transaction_ids=[f"{decision_id}|checked"])
    _, checked = _found(lake, decision_id)
    return checked


def objection(lake: Lake, decision_id: str) -> str:
    """Why a recorded decision does not count yet, such as a second person; empty when it does.

    Raises:
        DecisionError: there is no such decision.
    """
    recon, decision = _found(lake, decision_id)
    return objection_to(
        decision, _amounts(_rows(lake, recon)), shipped(recon).tiers.dual_control_threshold
    )


def _found(lake: Lake, decision_id: str) -> tuple[str, ManualDecision]:
    recorded = read_decisions(lake)
    rows = recorded.filter(pl.col("decision_id") == decision_id)
    if rows.is_empty():
        raise DecisionError(
            f"There is no decision {decision_id!r}. Nothing was recorded; "
            "gold/fct_decisions and control/decisions list them."
        )
    recon = rows["recon"][0]
    (decision,) = decisions_of(rows, recon)
    return recon, decision


def _rows(lake: Lake, recon: str) -> pl.DataFrame:
    """Side, row id, amount and currency of every row of a reconciliation."""
    if not lake.exists(SIDES):
        raise DecisionError(
            f"There is nothing to decide about in {lake.root}: no run has prepared the sides of a "
            "reconciliation. Nothing was recorded; start with: countinghouse run --landing DIR"
        )
    wanted = ["recon", "side", "row_id", "amount", "currency"]
    sides = lake.read(SIDES, columns=wanted).collect()
    rows = sides.filter(pl.col("recon") == recon)
    if rows.is_empty():
        known = ", ".join(sorted(sides["recon"].unique())) or "none has rows"
        raise DecisionError(
            f"There is no reconciliation {recon!r}. Nothing was recorded; give one of: {known}."
        )
    return rows.drop("recon")


def _amounts(rows: pl.DataFrame) -> Mapping[Member, Decimal]:
    return {(side, row): amount for side, row, amount, _ in rows.iter_rows()}


def _together(decisions: Sequence[ManualDecision], rows: pl.DataFrame) -> list[Decimal | None]:
    """For each decision, what all of them are worth in its currency."""
    amounts = _amounts(rows)
    currency = {(side, row): money for side, row, _, money in rows.iter_rows()}
    currencies = [
        "".join(sorted({str(currency[m]) for m in decision.members})) for decision in decisions
    ]
    total: dict[str, Decimal] = defaultdict(Decimal)
    for decision, name in zip(decisions, currencies, strict=True):
        total[name] += amount_at_stake(decision, amounts)
    return [total[name] for name in currencies]


def _refuse(decision: ManualDecision, rows: pl.DataFrame, recon: str) -> None:
    if decision.action not in get_args(DecisionAction):
        raise DecisionError(
            f"{decision.action!r} is not a decision. Nothing was recorded; give one of: "
            f"{', '.join(get_args(DecisionAction))}."
        )
    amounts = _amounts(rows)
    absent = sorted(member for member in decision.members if member not in amounts)
    if absent:
        raise DecisionError(f"{_absence(absent, amounts, recon)} Nothing was recorded.")
    problem = objection_to(decision, amounts, Decimal("Infinity"))
    if problem:
        raise DecisionError(f"This is not a decision: {problem}. Nothing was recorded.")
    named = rows.filter(pl.struct("side", "row_id").is_in(_as_structs(decision)))
    currencies = sorted(named["currency"].drop_nulls().unique())
    if decision.action in {"match", "write_off"} and len(currencies) > 1:
        raise DecisionError(
            f"Rows in {' and '.join(currencies)} do not settle each other: their difference would "
            "be no amount of money. Nothing was recorded; decide for each currency by itself."
        )


def _as_structs(decision: ManualDecision) -> list[dict[str, str]]:
    return [{"side": side, "row_id": row} for side, row in decision.members]


def _absence(absent: Sequence[Member], amounts: Mapping[Member, Decimal], recon: str) -> str:
    """Which rows are not where they were said to be, and where they are."""
    lines = []
    for side, row in absent[:_SHOWN]:
        other = "right" if side == "left" else "left"
        place = f" (it is on the {other})" if (other, row) in amounts else ""
        lines.append(f"{row!r} is not on the {side} of {recon}{place}")
    more = f", nor are {len(absent) - _SHOWN} more" if len(absent) > _SHOWN else ""
    return f"{'; '.join(lines)}{more}. gold/fct_breaks and gold/fct_matches list the row ids."


def _identity(decision: ManualDecision, recon: str) -> str:
    """The same decision of the same moment has the same id, and so is recorded once."""
    rows = [[side, row] for side, row in sorted(decision.members)]
    about = [recon, decision.action, rows, decision.actor, decision.decided_at.isoformat()]
    return "D" + hashlib.sha256(json.dumps(about).encode()).hexdigest()[:15]


def _row(decision: ManualDecision, recon: str, *, as_of: date, now: datetime) -> dict[str, object]:
    return {
        "decision_id": decision.decision_id,
        "recon": recon,
        "action": decision.action,
        "left_ids": list(decision.left_ids),
        "right_ids": list(decision.right_ids),
        "actor": decision.actor,
        "checker": decision.approver,
        "decided_at": decision.decided_at,
        "reason": decision.reason,
        "as_of": as_of,
        "recorded_at": now,
        "taken_together": decision.taken_together,
    }
