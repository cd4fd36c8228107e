"""Everything a run learns from the data, so that a later run can judge by the same measures."""

from dataclasses import dataclass, field

import polars as pl

from quality.reconciliation.comparison.names import Vocabulary
from quality.reconciliation.matching.amount_frequencies import Accidents
from quality.reconciliation.matching.match_weights import Weights
from quality.reconciliation.matching.settlement_lag import Waits

_QUIET = 5
"""Business days without a row that make an account a quiet one; one row alone makes it so too."""


@dataclass(slots=True)
class Learnt:
    """Measures by rule and by side. What is absent is learnt by the run that meets it first."""

    vocabulary: Vocabulary | None = None
    families: frozenset[str] | None = None
    weights: dict[str, Weights] = field(default_factory=dict)
    accidents: dict[str, Accidents] = field(default_factory=dict)
    waits: dict[str, Waits] = field(default_factory=dict)
    covered: dict[tuple[str, str], int] = field(default_factory=dict)
    """By side and block, the last business day from which a row is known."""
    quiet: dict[tuple[str, str], int] = field(default_factory=dict)
    """By side and block, the most business days that have passed between two rows."""

    def cover(self, side: str, items: pl.DataFrame) -> None:
        """Take note of the days that these rows cover."""
        days = items.select("block", "day").unique().sort("block", "day")
        gap = pl.col("day").diff().max().fill_null(_QUIET)
        by_block = days.group_by("block").agg(pl.col("day").max(), gap.alias("gap"))
        for block, day, longest in by_block.iter_rows():
            self.covered[side, block] = max(day, self.covered.get((side, block), day))
            self.quiet.setdefault((side, block), longest)

    def coverage(self, side: str) -> dict[str, int]:
        """By block, the last business day of which this side is surely known.

        A busy account is covered until its last row: a day without one is a statement that has not
        come. One that is often quiet for a week or more is covered as far as the whole side is.
        """
        known = {block: day for (name, block), day in self.covered.items() if name == side}
        whole = max(known.values(), default=0)
        return {
            block: whole if self._is_quiet(side, block, whole - day) else day
            for block, day in known.items()
        }

    def _is_quiet(self, side: str, block: str, days: int) -> bool:
        longest = self.quiet[side, block]
        return longest >= _QUIET and days <= 2 * longest

    def copy(self) -> "Learnt":
        """A copy that a run may add to."""
        return Learnt(
            self.vocabulary,
            self.families,
            dict(self.weights),
            dict(self.accidents),
            dict(self.waits),
            dict(self.covered),
            dict(self.quiet),
        )
