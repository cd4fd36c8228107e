"""The status of every manual decision: it counts, waits, or a later one has replaced it."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import polars as pl

from quality.reconciliation.closed_sets import DecisionStatus
from quality.reconciliation.decisions.model import ManualDecision, Member, effective_decisions
from quality.reconciliation.sides import MONEY

DECISION_STATUS: Mapping[str, pl.DataType] = {
    "decision_id": pl.String(),
    "action": pl.String(),
    "side": pl.String(),
    "row_id": pl.String(),
    "amount": MONEY,
    "currency": pl.String(),
    "actor": pl.String(),
    "checker": pl.String(),
    "decided_at": pl.Datetime("us", "UTC"),
    "reason": pl.String(),
    "state": pl.String(),
    "why": pl.String(),
}
"""One row per row that a decision names, or one without a row for a decision that names none.
`amount` and `currency` are null for a row that is not here; `state` is counts, pending or replaced,
and `why` says what the decision waits for or what has replaced it."""


def decision_status(
    decisions: Iterable[ManualDecision], sides: pl.DataFrame, dual_control_threshold: Decimal
) -> pl.DataFrame:
    """Whether each decision about one reconciliation counts, as the engine sees it on replay.

    One row per row that a decision names, with the columns of `DECISION_STATUS`.

    Args:
        decisions: those that are known.
        sides: side, row_id, amount and currency of the rows of both sides.
        dual_control_threshold: amount from which a second person is needed.
    """
    given = list(decisions)
    if not given:
        return pl.DataFrame(schema=dict(DECISION_STATUS))
    named = sorted({row for decision in given for _, row in decision.members})
    rows_here = sides.filter(pl.col("row_id").is_in(named))
    money: dict[Member, tuple[Decimal, str]] = {
        (side, row): (amount, currency)
        for side, row, amount, currency in rows_here.select(
            "side", "row_id", "amount", "currency"
        ).iter_rows()
    }
    amounts = {member: amount for member, (amount, _) in money.items()}
    result = effective_decisions(given, amounts, dual_control_threshold)
    rows = []
    for decision in given:
        waits = result.not_effective.get(decision.decision_id)
        later = result.replaced.get(decision.decision_id)
        state: DecisionStatus = "pending" if waits else "replaced" if later else "counts"
        members: Sequence[Member | tuple[None, None]] = sorted(decision.members)
        for side, row in members or [(None, None)]:
            here = None if side is None or row is None else money.get((side, row))
            amount, currency = here or (None, None)
            rows.append(
                {
                    "decision_id": decision.decision_id,
                    "action": decision.action,
                    "side": side,
                    "row_id": row,
                    "amount": amount,
                    "currency": currency,
                    "actor": decision.actor,
                    "checker": decision.approver,
                    "decided_at": decision.decided_at,
                    "reason": decision.reason,
                    "state": state,
                    "why": waits or (f"replaced by {later}" if later else ""),
                }
            )
    return pl.DataFrame(rows, schema=dict(DECISION_STATUS)).sort("decision_id", "side", "row_id")
