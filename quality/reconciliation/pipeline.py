"""Every reconciliation of the house: one frame of sides in, and what became of every row out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from quality.business_calendar import BusinessCalendar
from quality.reconciliation.decisions.model import decisions_of
from quality.reconciliation.decisions.status import DECISION_STATUS, decision_status
from quality.reconciliation.engine import reconcile
from quality.reconciliation.outcome import ADJUSTMENTS, BREAKS, MATCHES
from quality.reconciliation.rules import RuleSet, shipped

RECON_MATCHES: Mapping[str, pl.DataType] = {"recon": pl.String(), **MATCHES}
RECON_BREAKS: Mapping[str, pl.DataType] = {"recon": pl.String(), **BREAKS}
RECON_ADJUSTMENTS: Mapping[str, pl.DataType] = {"recon": pl.String(), **ADJUSTMENTS}
RECON_DECISIONS: Mapping[str, pl.DataType] = {"recon": pl.String(), **DECISION_STATUS}


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What every reconciliation came to, each frame sorted by reconciliation and id.

    `matches` has one row per member, `breaks` one per open row, `adjustments` one per match whose
    sides differ, `decisions` one per row that a manual decision names, with whether it counts.
    """

    matches: pl.DataFrame
    breaks: pl.DataFrame
    adjustments: pl.DataFrame
    decisions: pl.DataFrame

    @property
    def not_effective(self) -> pl.DataFrame:
        """The decisions that do not count (yet), one row each, with the reason in `why`."""
        waiting = self.decisions.filter(pl.col("state") == "pending")
        return waiting.unique("decision_id", maintain_order=True).drop(
            "side", "row_id", "amount", "currency"
        )


def reconcile_sides(
    sides: pl.DataFrame,
    *,
    as_of: date,
    holidays: Iterable[date] = (),
    decisions: pl.DataFrame | None = None,
    rules: Mapping[str, RuleSet] | None = None,
) -> Reconciled:
    """Run every reconciliation that the sides name.

    Args:
        sides: rows of all sides; `recon` and `side` (left or right) beside the columns of a side.
        as_of: the day on which we stand.
        holidays: days on which banks are closed, besides weekends.
        decisions: manual decisions; see `decisions.COLUMNS`.
        rules: rule sets by reconciliation, instead of those that ship.
    """
    calendar = BusinessCalendar.without(holidays)
    matches = [pl.DataFrame(schema=dict(RECON_MATCHES))]
    breaks = [pl.DataFrame(schema=dict(RECON_BREAKS))]
    adjustments = [pl.DataFrame(schema=dict(RECON_ADJUSTMENTS))]
    ruled = [pl.DataFrame(schema=dict(RECON_DECISIONS))]
    for recon in sorted(sides["recon"].drop_nulls().unique()):
        part = sides.filter(pl.col("recon") == recon)
        chosen = (rules or {}).get(recon) or shipped(recon)
        given = decisions_of(decisions, recon, as_of)
        outcome = reconcile(
            part.filter(pl.col("side") == "left"),
            part.filter(pl.col("side") == "right"),
            chosen.model_copy(update={"name": recon}),
            decisions=given,
            calendar=calendar,
            as_of=as_of,
        )
        name = pl.lit(recon).alias("recon")
        matches.append(outcome.matches.select(name, *MATCHES))
        breaks.append(outcome.breaks.select(name, *BREAKS))
        adjustments.append(outcome.adjustments.select(name, *ADJUSTMENTS))
        ruled.append(
            decision_status(given, part, chosen.tiers.dual_control_threshold).select(
                name, *DECISION_STATUS
            )
        )
    return Reconciled(
        pl.concat(matches), pl.concat(breaks), pl.concat(adjustments), pl.concat(ruled)
    )
