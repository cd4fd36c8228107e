"""Everything a run learns from the data, so that a later run can judge by the same measures."""

from dataclasses import dataclass, field

import polars as pl

from quality.reconciliation.accidents import Accidents
from quality.reconciliation.similarity import Vocabulary
from quality.reconciliation.timing import Waits
from quality.reconciliation.weights import Weights


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

    def cover(self, side: str, items: pl.DataFrame) -> None:
        """Take note of the days that these rows cover."""
        for block, day in items.group_by("block").agg(pl.col("day").max()).iter_rows():
            self.covered[side, block] = max(day, self.covered.get((side, block), day))

    def copy(self) -> "Learnt":
        """A copy that a run may add to."""
        return Learnt(
            self.vocabulary,
            self.families,
            dict(self.weights),
            dict(self.accidents),
            dict(self.waits),
            dict(self.covered),
        )
