"""The table on which the rules play: which rows are still free, and what has been found."""

from dataclasses import dataclass, field
from typing import Self

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from quality.reconciliation.sides import Items

FOUND = {
    "lefts": pl.List(pl.Int32),
    "rights": pl.List(pl.Int32),
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
class Board:
    """Both sides with their free rows, and every match found so far. A row is taken once."""

    con: duckdb.DuckDBPyConnection
    items: Items
    apart: set[tuple[int, int]] = field(default_factory=set)
    """Pairs (left, right) that a decision keeps apart."""
    apart_within: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    """By side, pairs of its own rows that a decision keeps apart."""
    held: dict[str, list[int]] = field(default_factory=dict)
    """By side, rows that a decision keeps open; they are free again at the end."""
    marked: dict[str, pl.Series] = field(default_factory=dict)
    """By side, whether a row says that it takes something back; found out when it is asked."""
    free_left: npt.NDArray[np.bool_] = field(init=False)
    free_right: npt.NDArray[np.bool_] = field(init=False)
    _offered: dict[str, npt.NDArray[np.bool_]] = field(default_factory=dict, init=False)
    found: list[pl.DataFrame] = field(default_factory=list)
    lost: list[pl.DataFrame] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.free_left = np.ones(self.items.left.height, dtype=np.bool_)
        self.free_right = np.ones(self.items.right.height, dtype=np.bool_)
        for side in ("left", "right"):
            self.con.register("arriving", self.items.of(side).to_arrow())
            self.con.execute(f"create or replace table all_{side} as select * from arriving")
            self.con.unregister("arriving")

    def offer(self) -> None:
        """Make the rows still free visible to queries, as `lefts` and `rights`."""
        for side, free in (("left", self.free_left), ("right", self.free_right)):
            if side in self._offered and np.array_equal(self._offered[side], free):
                continue
            self._offered[side] = free.copy()
            rows = pl.DataFrame({"k": np.flatnonzero(free).astype(np.int32)})
            self.con.register("arriving", rows.to_arrow())
            self.con.execute(f"create or replace table free_{side} as select * from arriving")
            self.con.unregister("arriving")
            self.con.execute(
                f"create or replace view {side}s as "
                f"select a.* from all_{side} as a semi join free_{side} using (k)"
            )

    @property
    def lefts(self) -> pl.DataFrame:
        """Left rows that nothing has taken yet."""
        return self.items.left.filter(pl.Series(self.free_left))

    @property
    def rights(self) -> pl.DataFrame:
        """Right rows that nothing has taken yet."""
        return self.items.right.filter(pl.Series(self.free_right))

    def hold(self, side: str, rows: list[int]) -> None:
        """Keep rows out of every rule."""
        self.held[side] = rows
        (self.free_left if side == "left" else self.free_right)[rows] = False

    def release(self) -> None:
        """Free the held rows again, so that they show up as open."""
        self.free_left[self.held.get("left", [])] = True
        self.free_right[self.held.get("right", [])] = True

    def allowed(self, edges: pl.DataFrame, one: str = "l", two: str = "r") -> pl.DataFrame:
        """Without the pairs (left, right) that a decision keeps apart."""
        return _without(edges, self.apart, one, two)

    def allowed_within(self, edges: pl.DataFrame, side: str) -> pl.DataFrame:
        """Without the pairs (o, i) of one side that a decision keeps apart."""
        pairs = self.apart_within.get(side, set())
        return _without(edges, pairs | {(b, a) for a, b in pairs}, "o", "i")

    def take(self, matches: pl.DataFrame) -> Self:
        """Accept matches; their rows are free no longer.

        Raises:
            TakenTwiceError: a row would be in two matches, which no rule may let happen.
        """
        if matches.height:
            for name, free in (("lefts", self.free_left), ("rights", self.free_right)):
                rows = matches[name].explode().drop_nulls().to_numpy()
                if not free[rows].all() or np.unique(rows).size < rows.size:
                    raise TakenTwiceError(f"a row of {name} would be in two matches")
                free[rows] = False
            self.found.append(matches.select(*FOUND).cast(pl.Schema(FOUND)))
        return self

    def remember(self, edges: pl.DataFrame, rule: str) -> None:
        """Keep candidates that were not accepted: they explain breaks."""
        free = edges.filter(
            pl.Series(
                self.free_left[edges["l"].to_numpy()] | self.free_right[edges["r"].to_numpy()]
            )
        )
        if free.height:
            self.lost.append(
                free.select(
                    "l", "r", "lag", "gap", "text", "cited", "p", pl.lit(rule).alias("rule")
                )
            )


def _without(edges: pl.DataFrame, apart: set[tuple[int, int]], one: str, two: str) -> pl.DataFrame:
    if not apart:
        return edges
    pairs = pl.DataFrame(sorted(apart), schema={one: pl.Int32, two: pl.Int32}, orient="row")
    return edges.join(pairs, on=[one, two], how="anti", maintain_order="left")
