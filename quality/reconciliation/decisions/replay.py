"""Manual decisions applied to the table before any rule plays."""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal

import polars as pl

from quality.reconciliation import columns as c
from quality.reconciliation.closed_sets import SIDES, MatchKind
from quality.reconciliation.decisions.model import ManualDecision, Member, effective_decisions
from quality.reconciliation.matching.state import MatchState
from quality.reconciliation.rules import RuleSet
from quality.reconciliation.sides import THOUSANDTHS_PER_UNIT

Places = Mapping[Member, int]


def replay(
    state: MatchState,
    left: pl.DataFrame,
    right: pl.DataFrame,
    decisions: Iterable[ManualDecision],
    rules: RuleSet,
) -> Mapping[str, str]:
    """Settle, keep apart and keep open what the decisions say; return those that do not count."""
    given = list(decisions)
    if not given:
        return {}
    places, amounts = _mentioned(left, right, given)
    result = effective_decisions(given, amounts, rules.tiers.dual_control_threshold)
    for first, second in sorted(result.must_not_match):
        pair = (places[first], places[second])
        if first[0] == second[0]:
            state.must_not_match_within.setdefault(first[0], set()).add(pair)
        else:
            state.must_not_match.add(pair)
    for side in SIDES:
        state.exclude(side, sorted(places[m] for m in result.excluded if m[0] == side))
    if result.matched:
        state.accept(pl.concat([_found(d, places, amounts) for d in result.matched]))
    return result.not_effective


def _mentioned(
    left: pl.DataFrame, right: pl.DataFrame, decisions: list[ManualDecision]
) -> tuple[Places, Mapping[Member, Decimal]]:
    """Position and amount of every row that a decision names and that is here."""
    places: dict[Member, int] = {}
    amounts: dict[Member, Decimal] = {}
    named = {member for decision in decisions for member in decision.members}
    for side, frame in zip(SIDES, (left, right), strict=True):
        ids = sorted(row for name, row in named if name == side)
        here = frame.select(pl.int_range(pl.len()).alias(c.ROW_NO), "row_id", "amount").filter(
            pl.col("row_id").is_in(ids)
        )
        for k, row, amount in here.iter_rows():
            places[side, row] = k
            amounts[side, row] = amount
    return places, amounts


def _found(
    decision: ManualDecision, places: Places, amounts: Mapping[Member, Decimal]
) -> pl.DataFrame:
    lefts = sorted(places["left", row] for row in decision.left_ids)
    rights = sorted(places["right", row] for row in decision.right_ids)
    gap = sum((amounts["left", row] for row in decision.left_ids), Decimal(0)) - sum(
        (amounts["right", row] for row in decision.right_ids), Decimal(0)
    )
    card = {
        "decision": decision.decision_id,
        "actor": decision.actor,
        "checker": decision.approver,
        "decided_at": decision.decided_at.isoformat(),
        "reason": decision.reason,
    }
    return pl.DataFrame(
        {
            c.LEFT_NOS: [lefts],
            c.RIGHT_NOS: [rights],
            "kind": [_kind(len(lefts), len(rights))],
            "tier": ["auto"],
            "rule": ["write_off" if decision.action == "write_off" else "decision"],
            "score": [1.0],
            "adjustment": [int(gap * THOUSANDTHS_PER_UNIT)],
            "parts": [json.dumps(card, ensure_ascii=False)],
            "rivals": ["[]"],
        },
        schema_overrides={c.LEFT_NOS: pl.List(pl.Int32), c.RIGHT_NOS: pl.List(pl.Int32)},
    )


def _kind(lefts: int, rights: int) -> MatchKind:
    if not lefts or not rights:
        return "offset"
    if lefts == 1:
        return "one_to_one" if rights == 1 else "one_to_many"
    return "many_to_one" if rights == 1 else "many_to_many"
