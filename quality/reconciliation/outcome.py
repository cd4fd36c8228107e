"""What a reconciliation gives back: matches, breaks, and the evidence for each."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from quality.reconciliation.matching.parameters import ModelParameters
from quality.reconciliation.sides import MONEY

MATCHES: Mapping[str, pl.DataType] = {
    "match_id": pl.String(),
    "kind": pl.String(),
    "tier": pl.String(),
    "rule": pl.String(),
    "rule_version": pl.String(),
    "score": pl.Float64(),
    "side": pl.String(),
    "row_id": pl.String(),
    "account_id": pl.String(),
    "amount": MONEY,
    "currency": pl.String(),
    "date": pl.Date(),
    "evidence": pl.String(),
}
"""One row per member of a match."""

BREAKS: Mapping[str, pl.DataType] = {
    "break_id": pl.String(),
    "side": pl.String(),
    "row_id": pl.String(),
    "account_id": pl.String(),
    "amount": MONEY,
    "currency": pl.String(),
    "date": pl.Date(),
    "break_type": pl.String(),
    "expected_clearing_date": pl.Date(),
    "candidate_row_id": pl.String(),
    "evidence": pl.String(),
}
"""One row per row that nothing settles."""

ADJUSTMENTS: Mapping[str, pl.DataType] = {
    "match_id": pl.String(),
    "cause": pl.String(),
    "account_id": pl.String(),
    "amount": MONEY,
    "currency": pl.String(),
    "date": pl.Date(),
}
"""One row per accepted difference: sum of the left members minus sum of the right members."""


@dataclass(frozen=True, slots=True)
class ReconciliationResult:
    """The result. Every row of either side is in exactly one match or one break."""

    matches: pl.DataFrame
    breaks: pl.DataFrame
    adjustments: pl.DataFrame
    parameters: ModelParameters = field(default_factory=ModelParameters)
    """What the run has estimated from the data, to be given to a later run."""
    not_effective: Mapping[str, str] = field(default_factory=dict)
    """Decisions that do not count (yet), by id, with the reason."""

    @property
    def evidence(self) -> pl.DataFrame:
        """One row per match or break: id, subject (match or break) and its card as JSON."""
        return pl.concat(
            [
                self.matches.select(
                    pl.col("match_id").alias("id"), pl.lit("match").alias("subject"), "evidence"
                ).unique("id", maintain_order=True),
                self.breaks.select(
                    pl.col("break_id").alias("id"), pl.lit("break").alias("subject"), "evidence"
                ),
            ]
        )
