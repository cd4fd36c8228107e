"""The state of a run: which rows are still free, and which matches have been found."""

from dataclasses import dataclass, field
from typing import Self

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from quality.reconciliation import columns as c
from quality.reconciliation.closed_sets import SIDES, Side
from quality.reconciliation.sides import Items

FOUND_MATCHES = {
    c.LEFT_NOS: pl.List(pl.Int32),
    c.RIGHT_NOS: pl.List(pl.Int32),
    "kind": pl.String(),
    "tier": pl.String(),
    "rule": pl.String(),
    "score": pl.Float64(),
    "adjustment": pl.Int64(),
    "parts": pl.String(),
    "rivals": pl.String(),
}
"""One row per match: positions of its members on either side, how it was found, the score, left
minus right in thousandths, and as JSON the parts of the score and the rivals that lost."""


class TakenTwiceError(RuntimeError):
    """A rule proposed a row that another match holds already: an error of the engine."""


@dataclass(slots=True)
class MatchState:
    """Both sides with their free rows, and every match so far. A row is in one match at most."""

    con: duckdb.DuckDBPyConnection
    items: Items
    must_not_match: set[tuple[int, int]] = field(default_factory=set)
    """Pairs of positions (left, right) that a decision forbids."""
    must_not_match_within: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    """By side, pairs of its own rows that a decision forbids."""
    excluded: dict[str, list[int]] = field(default_factory=dict)
    """By side, rows that a decision excludes from matching; they are free again at the end."""
    is_reversal: dict[str, pl.Series] = field(default_factory=dict)
    """By side, whether each row says that it reverses another; filled when it is first needed."""
    free_left: npt.NDArray[np.bool_] = field(init=False)
    free_right: npt.NDArray[np.bool_] = field(init=False)
    _exposed: dict[str, npt.NDArray[np.bool_]] = field(default_factory=dict, init=False)
    matches: list[pl.DataFrame] = field(default_factory=list)
    rejected: list[pl.DataFrame] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.free_left = np.ones(self.items.left.height, dtype=np.bool_)
        self.free_right = np.ones(self.items.right.height, dtype=np.bool_)
        for side in SIDES:
            self.con.register("state_arriving", self.items.of(side).to_arrow())
            self.con.execute(
                f"create or replace table state_all_{side} as select * from state_arriving"
            )
            self.con.unregister("state_arriving")

    def expose(self) -> None:
        """Make the rows still free visible to queries, as `state_left` and `state_right`."""
        for side, free in (("left", self.free_left), ("right", self.free_right)):
            if side in self._exposed and np.array_equal(self._exposed[side], free):
                continue
            self._exposed[side] = free.copy()
            rows = pl.DataFrame({c.ROW_NO: np.flatnonzero(free).astype(np.int32)})
            self.con.register("state_arriving", rows.to_arrow())
            self.con.execute(
                f"create or replace table state_free_{side} as select * from state_arriving"
            )
            self.con.unregister("state_arriving")
            self.con.execute(
                f"create or replace view state_{side} as "
                f"select a.* from state_all_{side} as a semi join state_free_{side} using (row_no)"
            )

    @property
    def lefts(self) -> pl.DataFrame:
        """Left rows that are in no match yet; one row per row, columns of `columns.ITEMS`."""
        return self.items.left.filter(pl.Series(self.free_left))

    @property
    def rights(self) -> pl.DataFrame:
        """Right rows that are in no match yet; one row per row, columns of `columns.ITEMS`."""
        return self.items.right.filter(pl.Series(self.free_right))

    def exclude(self, side: Side, rows: list[int]) -> None:
        """Exclude rows (positions) from every rule."""
        self.excluded[side] = rows
        (self.free_left if side == "left" else self.free_right)[rows] = False

    def include_excluded(self) -> None:
        """Free the excluded rows again, so that they show up as open."""
        self.free_left[self.excluded.get("left", [])] = True
        self.free_right[self.excluded.get("right", [])] = True

    def without_forbidden(
        self, edges: pl.DataFrame, one: str = c.LEFT_NO, two: str = c.RIGHT_NO
    ) -> pl.DataFrame:
        """The edges without the pairs (left, right) that a decision forbids.

        One row per pair, in the columns given.
        """
        return _without(edges, self.must_not_match, one, two)

    def without_forbidden_within(self, edges: pl.DataFrame, side: Side) -> pl.DataFrame:
        """The edges without the pairs (out, back) of one side that a decision forbids.

        One row per pair, in the columns given.
        """
        pairs = self.must_not_match_within.get(side, set())
        return _without(edges, pairs | {(b, a) for a, b in pairs}, c.OUT_NO, c.BACK_NO)

    def accept(self, matches: pl.DataFrame) -> Self:
        """Accept matches; their rows are free no longer.

        Raises:
            TakenTwiceError: a row would be in two matches, which no rule may let happen.
        """
        if matches.height:
            for name, free in ((c.LEFT_NOS, self.free_left), (c.RIGHT_NOS, self.free_right)):
                rows = matches[name].explode().drop_nulls().to_numpy()
                if not free[rows].all() or np.unique(rows).size < rows.size:
                    raise TakenTwiceError(f"a row of {name} would be in two matches")
                free[rows] = False
            self.matches.append(matches.select(*FOUND_MATCHES).cast(pl.Schema(FOUND_MATCHES)))
        return self

    def keep_rejected(self, edges: pl.DataFrame, rule: str) -> None:
        """Keep candidates that were not accepted: they explain breaks."""
        free = edges.filter(
            pl.Series(
                self.free_left[edges[c.LEFT_NO].to_numpy()]
                | self.free_right[edges[c.RIGHT_NO].to_numpy()]
            )
        )
        if free.height:
            self.rejected.append(
                free.select(
                    c.LEFT_NO,
                    c.RIGHT_NO,
                    c.LAG_BUSINESS_DAYS,
                    c.DIFFERENCE,
                    c.TEXT_LEVEL,
                    c.REFERENCE_EVIDENCE,
                    c.PROBABILITY,
                    pl.lit(rule).alias("rule"),
                )
            )


def _without(
    edges: pl.DataFrame, must_not_match: set[tuple[int, int]], one: str, two: str
) -> pl.DataFrame:
    if not must_not_match:
        return edges
    pairs = pl.DataFrame(
        sorted(must_not_match), schema={one: pl.Int32, two: pl.Int32}, orient="row"
    )
    return edges.join(pairs, on=[one, two], how="anti", maintain_order="left")
