"""Everything a run learns from the data, so that a later run can judge by the same measures."""

from dataclasses import dataclass, field

import polars as pl

from quality.reconciliation.accidents import Accidents
from quality.reconciliation.similarity import Vocabulary
from quality.reconciliation.timing import Waits
from quality.reconciliation.weights import Weights

_ONE_ROW = 5
"""An account seen once may well be quiet for a week."""


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
        gap = pl.col("day").diff().max().fill_null(_ONE_ROW)
        by_block = days.group_by("block").agg(pl.col("day").max(), gap.alias("gap"))
        for block, day, longest in by_block.iter_rows():
            self.covered[side, block] = max(day, self.covered.get((side, block), day))
            self.quiet.setdefault((side, block), longest)

    def coverage(self, side: str) -> dict[str, int]:
        """By block, the last business day of which this side is surely known.

        An account that is quiet at most twice as long as it has been before is covered as far as
        the whole side is.
        """
        known = {block: day for (name, block), day in self.covered.items() if name == side}
        whole = max(known.values(), default=0)
        return {
            block: whole if whole - day <= 2 * self.quiet[side, block] else day
            for block, day in known.items()
        }

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
