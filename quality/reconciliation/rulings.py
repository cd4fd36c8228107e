"""What became of every manual decision: it counts, waits, or a later one has replaced it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import polars as pl

from quality.reconciliation.decisions import Decision, Member, standing
from quality.reconciliation.sides import MONEY

RULINGS: Mapping[str, pl.DataType] = {
    "decision_id": pl.String(),
    "action": pl.String(),
    "left_ids": pl.String(),
    "right_ids": pl.String(),
    "left_amount": MONEY,
    "right_amount": MONEY,
    "currency": pl.String(),
    "actor": pl.String(),
    "checker": pl.String(),
    "decided_at": pl.Datetime("us", "UTC"),
    "reason": pl.String(),
    "state": pl.String(),
    "why": pl.String(),
}
"""One row per decision. Ids are JSON lists; amounts are the sums of the rows that are here;
`state` is counts, pending or replaced, and `why` says what it waits for or what replaced it."""


def rulings(
    decisions: Iterable[Decision], sides: pl.DataFrame, checked_from: Decimal
) -> pl.DataFrame:
    """Rule on the decisions about one reconciliation, as the engine does when it replays them.

    Args:
        decisions: those that are known.
        sides: side, row_id, amount and currency of the rows of both sides.
        checked_from: amount from which a second person is needed.
    """
    given = list(decisions)
    if not given:
        return pl.DataFrame(schema=dict(RULINGS))
    named = sorted({row for decision in given for _, row in decision.members})
    here = sides.filter(pl.col("row_id").is_in(named))
    amounts: dict[Member, Decimal] = {}
    currencies: dict[Member, str] = {}
    for side, row, amount, currency in here.select(
        "side", "row_id", "amount", "currency"
    ).iter_rows():
        amounts[side, row], currencies[side, row] = amount, currency
    result = standing(given, amounts, checked_from)
    rows = []
    for decision in given:
        known = result.pending.get(decision.decision_id)
        later = result.replaced.get(decision.decision_id)
        told = ("pending", known) if known else ("replaced", f"by {later}") if later else None
        state, why = told or ("counts", "")
        spoken = {currencies[m] for m in decision.members if m in currencies}
        rows.append(
            {
                "decision_id": decision.decision_id,
                "action": decision.action,
                "left_ids": json.dumps(decision.left_ids, ensure_ascii=False),
                "right_ids": json.dumps(decision.right_ids, ensure_ascii=False),
                "left_amount": _sum("left", decision.left_ids, amounts),
                "right_amount": _sum("right", decision.right_ids, amounts),
                "currency": spoken.pop() if len(spoken) == 1 else None,
                "actor": decision.actor,
                "checker": decision.checker,
                "decided_at": decision.decided_at,
                "reason": decision.reason,
                "state": state,
                "why": why,
            }
        )
    return pl.DataFrame(rows, schema=dict(RULINGS)).sort("decision_id")


def _sum(side: str, rows: Sequence[str], amounts: Mapping[Member, Decimal]) -> Decimal:
    return sum((amounts.get((side, row), Decimal(0)) for row in rows), Decimal(0))
