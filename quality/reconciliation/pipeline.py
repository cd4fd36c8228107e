"""Every reconciliation of the house: one frame of sides in, matches and breaks out."""

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from quality.reconciliation.business_days import BusinessCalendar
from quality.reconciliation.decisions import decisions_of
from quality.reconciliation.engine import reconcile
from quality.reconciliation.outcome import BREAKS, MATCHES
from quality.reconciliation.rules import RuleSet, shipped

RECONCILIATIONS = ("ledger_bank", "payout_bank", "card_settlement")
"""The reconciliations with rules of their own; any other name runs with the default rules."""

RECON_MATCHES: Mapping[str, pl.DataType] = {"recon": pl.String(), **MATCHES}
RECON_BREAKS: Mapping[str, pl.DataType] = {"recon": pl.String(), **BREAKS}


def reconcile_sides(
    sides: pl.DataFrame,
    *,
    as_of: date,
    holidays: Iterable[date] = (),
    decisions: pl.DataFrame | None = None,
    rules: Mapping[str, RuleSet] | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Run every reconciliation that the sides name.

    Args:
        sides: rows of all sides; `recon` and `side` (left or right) beside the columns of a side.
        as_of: the day on which we stand.
        holidays: days on which banks are closed, besides weekends.
        decisions: manual decisions; see `decisions.COLUMNS`.
        rules: rule sets by reconciliation, instead of those that ship.

    Returns:
        Matches (one row per member) and breaks (one row per open row), sorted by their ids.
    """
    calendar = BusinessCalendar.without(holidays)
    matches = [pl.DataFrame(schema=dict(RECON_MATCHES))]
    breaks = [pl.DataFrame(schema=dict(RECON_BREAKS))]
    for recon in sorted(sides["recon"].drop_nulls().unique()):
        part = sides.filter(pl.col("recon") == recon)
        chosen = (rules or {}).get(recon) or shipped(recon)
        outcome = reconcile(
            part.filter(pl.col("side") == "left"),
            part.filter(pl.col("side") == "right"),
            chosen.model_copy(update={"name": recon}),
            decisions=decisions_of(decisions, recon),
            calendar=calendar,
            as_of=as_of,
        )
        name = pl.lit(recon).alias("recon")
        matches.append(outcome.matches.select(name, *MATCHES))
        breaks.append(outcome.breaks.select(name, *BREAKS))
    return pl.concat(matches), pl.concat(breaks)
