"""What nothing settles: each row left over becomes a break with a type and a reason."""

from datetime import date

import polars as pl

from quality.reconciliation.board import Board
from quality.reconciliation.business_days import BusinessCalendar
from quality.reconciliation.outcome import BREAKS
from quality.reconciliation.rules import RuleSet


def breaks_of(
    board: Board,
    left: pl.DataFrame,
    right: pl.DataFrame,
    rules: RuleSet,
    matches: pl.DataFrame,
    calendar: BusinessCalendar,
    as_of: date | None,
) -> pl.DataFrame:
    """One row per row left over on either side, sorted by its id."""
    shown = ["row_id", "account_id", "amount", "currency", "date"]
    parts = []
    for name, frame, free in (("left", left, board.free_left), ("right", right, board.free_right)):
        missing = "missing_right" if name == "left" else "missing_left"
        parts.append(
            frame.filter(pl.Series(free)).select(
                pl.lit(name).alias("side"), *shown, pl.lit(missing).alias("break_type")
            )
        )
    rows = pl.concat(parts)
    return (
        rows.with_columns(
            (pl.lit(rules.name + "|") + pl.col("side") + ":" + pl.col("row_id")).alias("break_id"),
            pl.lit(None, dtype=pl.Date).alias("expected_clearing_date"),
            pl.lit(None, dtype=pl.String).alias("candidate_row_id"),
            pl.lit("{}").alias("evidence"),
        )
        .select(*BREAKS)
        .cast(dict(BREAKS))
        .sort("break_id")
    )
