"""The history of breaks: what changed between what is on record and what is open now.

Only changes are recorded, and they follow from the record itself. So a run that was killed after
reconciling is caught up by the next one, and a run that finds nothing new records nothing.
"""

from collections.abc import Mapping
from datetime import date, datetime

import polars as pl

from quality.reconciliation.closed_sets import BreakState
from quality.reconciliation.sides import MONEY

BREAK_EVENTS: Mapping[str, pl.DataType] = {
    "break_id": pl.String(),
    "recon": pl.String(),
    "side": pl.String(),
    "row_id": pl.String(),
    "state": pl.String(),
    "break_type": pl.String(),
    "amount": MONEY,
    "currency": pl.String(),
    "as_of": pl.Date(),
    "run_id": pl.String(),
    "recorded_at": pl.Datetime("us", "UTC"),
}
"""One row per change; `state` is opened, retyped (its type or amount is another), cleared,
written_off or reopened. At most one per break and moment of recording."""

_WHAT = ["recon", "side", "row_id", "break_type", "amount", "currency"]
_ENDED: list[BreakState] = ["cleared", "written_off"]


def changes(
    events: pl.DataFrame,
    breaks: pl.DataFrame,
    matches: pl.DataFrame,
    *,
    as_of: date,
    run_id: str,
    recorded_at: datetime,
) -> pl.DataFrame:
    """The events that lead from what is on record to the breaks that are open now.

    One row per change of a break, with the columns of `BREAK_EVENTS`.

    Args:
        events: what is on record; see `BREAK_EVENTS`.
        breaks: the open breaks, as `pipeline.RECON_BREAKS`.
        matches: the matches of the same run: they tell what was written off.
        as_of: the day of the figures. History goes forward: figures of an earlier day than the
            last on record change nothing.
        run_id: the run that found out.
        recorded_at: the wall clock, later than every event on record.
    """
    if (events["as_of"] > as_of).any():
        return pl.DataFrame(schema=dict(BREAK_EVENTS))
    last = _newest(events).select("break_id", *(pl.col(c).name.suffix("_was") for c in _SEEN))
    now = breaks.select("break_id", *_WHAT).with_columns(pl.lit(True).alias("is_open"))
    gone = matches.filter(pl.col("rule") == "write_off").select(
        "recon", "side", "row_id", pl.lit(True).alias("is_gone")
    )
    pairs = last.join(now, on="break_id", how="full", coalesce=True).with_columns(
        pl.col("is_open").fill_null(False),
        pl.col("state_was").is_in(_ENDED).alias("had_ended"),
        *(pl.coalesce(name, f"{name}_was").alias(name) for name in _WHAT),
    )
    pairs = pairs.join(gone, on=["recon", "side", "row_id"], how="left")
    other = pl.any_horizontal(
        pl.col(name).ne_missing(pl.col(f"{name}_was"))
        for name in ("break_type", "amount", "currency")
    )
    state = (
        pl.when(pl.col("is_open") & pl.col("state_was").is_null())
        .then(_became("opened"))
        .when(pl.col("is_open") & pl.col("had_ended"))
        .then(_became("reopened"))
        .when(pl.col("is_open") & other)
        .then(_became("retyped"))
        .when(~pl.col("is_open") & ~pl.col("had_ended") & pl.col("is_gone"))
        .then(_became("written_off"))
        .when(~pl.col("is_open") & ~pl.col("had_ended"))
        .then(_became("cleared"))
    )
    return (
        pairs.with_columns(
            state.alias("state"),
            pl.lit(as_of).alias("as_of"),
            pl.lit(run_id).alias("run_id"),
            pl.lit(recorded_at).alias("recorded_at"),
        )
        .filter(pl.col("state").is_not_null())
        .select(*BREAK_EVENTS)
        .cast(pl.Schema(BREAK_EVENTS))
        .sort("break_id")
    )


_SEEN = ["state", *_WHAT]


def _became(state: BreakState) -> pl.Expr:
    return pl.lit(state)


def _newest(events: pl.DataFrame) -> pl.DataFrame:
    return events.sort("recorded_at").unique("break_id", keep="last", maintain_order=True)
