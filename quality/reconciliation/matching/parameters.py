"""Everything a run learns from the data, so that a later run can judge by the same measures."""

from dataclasses import dataclass, field

import polars as pl

from quality.reconciliation import columns as c
from quality.reconciliation.closed_sets import Side
from quality.reconciliation.comparison.names import Vocabulary
from quality.reconciliation.matching.amount_frequencies import AmountFrequencies
from quality.reconciliation.matching.match_weights import Weights
from quality.reconciliation.matching.settlement_lag import LagDistributions

_QUIET = 5
"""Business days without a row that make an account a rarely used one: a week. One row alone makes
it so too. With 2, only evidence of two demos moves; with 10, a few breaks of drawn books change
type."""
_LONGEST_SILENCE = 2
"""Silences as long as its longest one, times this, that such an account is allowed. With 1 or 4
only probabilities in breaks of drawn books move."""


@dataclass(slots=True)
class ModelParameters:
    """Measures by rule and by side. What is absent is learnt by the run that meets it first."""

    vocabulary: Vocabulary | None = None
    families: frozenset[str] | None = None
    weights: dict[str, Weights] = field(default_factory=dict)
    amount_frequencies: dict[str, AmountFrequencies] = field(default_factory=dict)
    lag_distributions: dict[str, LagDistributions] = field(default_factory=dict)
    covered_until: dict[tuple[str, str], int] = field(default_factory=dict)
    """By side and block, the last business day from which a row is known."""
    longest_gap: dict[tuple[str, str], int] = field(default_factory=dict)
    """By side and block, the most business days that have passed between two rows."""

    def cover(self, side: Side, items: pl.DataFrame) -> None:
        """Take note of the days that these rows cover."""
        days = items.select(c.BLOCK, c.BUSINESS_DAY).unique().sort(c.BLOCK, c.BUSINESS_DAY)
        gap = pl.col(c.BUSINESS_DAY).diff().max().fill_null(_QUIET)
        by_block = days.group_by(c.BLOCK).agg(pl.col(c.BUSINESS_DAY).max(), gap.alias("gap"))
        for block, day, longest in by_block.iter_rows():
            self.covered_until[side, block] = max(day, self.covered_until.get((side, block), day))
            self.longest_gap.setdefault((side, block), longest)

    def coverage(self, side: Side) -> dict[str, int]:
        """By block, the last business day of which this side is surely known.

        A busy account is covered until its last row: a day without one is a statement that has not
        come. One that is often quiet for a week or more is covered as far as the whole side is.
        """
        known = {block: day for (name, block), day in self.covered_until.items() if name == side}
        whole = max(known.values(), default=0)
        return {
            block: whole if self._is_rarely_used(side, block, whole - day) else day
            for block, day in known.items()
        }

    def _is_rarely_used(self, side: Side, block: str, days: int) -> bool:
        longest = self.longest_gap[side, block]
        return longest >= _QUIET and days <= _LONGEST_SILENCE * longest

    def copy(self) -> "ModelParameters":
        """A copy that a run may add to."""
        return ModelParameters(
            self.vocabulary,
            self.families,
            dict(self.weights),
            dict(self.amount_frequencies),
            dict(self.lag_distributions),
            dict(self.covered_until),
            dict(self.longest_gap),
        )
