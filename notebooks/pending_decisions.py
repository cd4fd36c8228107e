"""Decisions that have no effect yet, and the rows that they are about."""

import polars as pl

from pipelines.lake.lake import Lake
from pipelines.reconciliation.deciding import objection
from pipelines.reconciliation.decisions import read_decisions

NEXT_RUN, APPROVAL = "the next run", "approval by a second person"
_SCHEMA = {"recon": pl.String, "side": pl.String, "row_id": pl.String, "awaits": pl.String}


def newest_decisions(lake: Lake) -> pl.DataFrame:
    """Each decision on record as its newest row has it, the last one first."""
    return (
        read_decisions(lake)
        .sort("recorded_at")
        .unique("decision_id", keep="last", maintain_order=True)
        .sort("decided_at", descending=True)
    )


def awaiting(lake: Lake) -> pl.DataFrame:
    """Rows about which a decision is on record that has no effect yet.

    Returns:
        recon, side, row_id, and what it awaits: the next run, or a second person's approval.
    """
    decisions = newest_decisions(lake)
    if decisions.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    replayed = _replayed(lake)
    awaits_of = {
        row["decision_id"]: awaits
        for row in decisions.iter_rows(named=True)
        if (awaits := _awaits(lake, row, replayed))
    }
    rows = [
        (row["recon"], side, row_id, awaits_of[row["decision_id"]])
        for row in decisions.iter_rows(named=True)
        if row["decision_id"] in awaits_of
        for side in ("left", "right")
        for row_id in row[f"{side}_ids"] or ()
    ]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row").unique(["recon", "side", "row_id"])


def _replayed(lake: Lake) -> dict[str, str]:
    """The state that the last run gave each decision, by its id."""
    if not lake.exists("gold/fct_decisions"):
        return {}
    states = lake.read("gold/fct_decisions", columns=["decision_id", "state"]).collect()
    return dict(states.iter_rows())


def _awaits(lake: Lake, row: dict[str, object], replayed: dict[str, str]) -> str:
    if replayed.get(str(row["decision_id"])) in {"counts", "replaced"}:
        return ""
    return APPROVAL if "second person" in objection(lake, str(row["decision_id"])) else NEXT_RUN


def decisions_shown(lake: Lake) -> pl.DataFrame:
    """One row per decision on record for people, the newest first, with what it still waits for."""
    from notebooks.reconciliation_names import in_plain, sides_of

    decisions, replayed = newest_decisions(lake), _replayed(lake)
    rows = [
        {
            "decision_id": row["decision_id"],
            "Decided": row["decided_at"].strftime("%Y-%m-%d %H:%M"),
            "Decision": in_plain(row["action"]),
            "By": row["actor"],
            "Approved by": row["checker"],
            "Waits for": _awaits(lake, row, replayed) or None,
            "Reason": row["reason"],
            "Reconciliation": sides_of(row["recon"]).title,
            "Rows": len(row["left_ids"] or ()) + len(row["right_ids"] or ()),
        }
        for row in decisions.iter_rows(named=True)
    ]
    columns = {
        "decision_id": pl.String, "Decided": pl.String, "Decision": pl.String, "By": pl.String,
        "Approved by": pl.String, "Waits for": pl.String, "Reason": pl.String,
        "Reconciliation": pl.String, "Rows": pl.Int64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=columns)
