"""The true links between the two sides of a reconciliation, found as the rows of each appear."""

from dataclasses import dataclass, field

import polars as pl

from pipelines.demo.defects.ground_truth import TruthWriter
from pipelines.demo.world.money import on

_SIDE = {
    "gid": pl.String(), "row_id": pl.String(), "day": pl.Int64(), "shows": pl.String(),
    "defect": pl.String(), "note": pl.String(),
}  # fmt: skip
"""One row per ledger line or bank row that waits for its other side."""

_WAYS = {"id": "exact", "text": "text", "none": "amount_date"}
"""Kind of a link by what the bank shows of our reference."""


@dataclass(slots=True)
class TrueLinks:
    """The rows of both sides that still wait for the other, and the truth that links go into.

    A row has the columns of `_SIDE`; rows of one `gid` settle each other. All rows of a side of one
    group are put in together; the other side may come later.
    """

    recon: str
    truth: TruthWriter
    left_rows: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_SIDE))
    right_rows: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_SIDE))

    def put(self, left: pl.DataFrame, right: pl.DataFrame) -> None:
        """Add delivered rows; a row without a group that has a defect is a break at once."""
        self.left_rows = pl.concat([self.left_rows, self._side(left, "left")])
        self.right_rows = pl.concat([self.right_rows, self._side(right, "right")])
        self._pair()

    def _side(self, rows: pl.DataFrame, side: str) -> pl.DataFrame:
        typed = rows.select(
            (pl.col(name) if name in rows.columns else pl.lit(None)).cast(dtype).alias(name)
            for name, dtype in _SIDE.items()
        )
        alone = typed.filter(pl.col("gid").is_null() & pl.col("defect").is_not_null())
        self._broken(alone, side, pl.col("defect"))
        return typed.filter(pl.col("gid").is_not_null())

    def _pair(self) -> None:
        other = self.right_rows.rename({name: f"right_{name}" for name in _SIDE if name != "gid"})
        linked = self.left_rows.join(other, on="gid", how="inner").with_columns(
            left_rows=pl.col("row_id").n_unique().over("gid"),
            right_rows=pl.col("right_row_id").n_unique().over("gid"),
            defect=pl.coalesce("right_defect", "defect"),
            note=pl.coalesce("right_note", "note"),
        )
        self._link(linked.sort("right_row_id", "row_id"))
        linked_gids = linked.select("gid").unique()
        self.left_rows = self.left_rows.join(
            linked_gids, on="gid", how="anti", maintain_order="left"
        )
        self.right_rows = self.right_rows.join(
            linked_gids, on="gid", how="anti", maintain_order="left"
        )

    def _link(self, linked: pl.DataFrame) -> None:
        way = pl.col("shows").replace_strict(_WAYS, default="exact", return_dtype=pl.String)
        batch = (pl.col("left_rows") > 1) | (pl.col("right_rows") > 1)
        self.truth.write(
            "recon_links",
            linked.select(
                recon=pl.lit(self.recon),
                left_row_id="row_id",
                right_row_id="right_row_id",
                kind=pl.when(batch).then(pl.lit("batch")).otherwise(pl.coalesce("defect", way)),
                shape=pl.format("{}_to_{}", _many("left_rows"), _many("right_rows")),
            ),
        )
        self.truth.write(
            "timing",
            linked.filter(pl.col("defect") == "timing").select(
                recon=pl.lit(self.recon),
                left_row_id="row_id",
                right_row_id="right_row_id",
                booked=on("right_day"),
                cleared=on("day"),
            ),
        )
        timely = pl.col("defect").is_in(["timing", "late"])
        spoilt = linked.filter(pl.col("defect").is_not_null() & ~timely)
        self._broken(spoilt, "left", pl.col("defect"))
        self._broken(
            spoilt.select("note", "defect", row_id="right_row_id"), "right", pl.col("defect")
        )

    def _broken(self, rows: pl.DataFrame, side: str, kind: pl.Expr) -> None:
        self.truth.write(
            "breaks",
            rows.select(
                recon=pl.lit(self.recon),
                side=pl.lit(side),
                row_id="row_id",
                break_kind=kind,
                note=pl.col("note").fill_null(""),
            ),
        )

    def finish(self) -> None:
        """Write the rows without their other side on the last day as breaks of timing."""
        for side, rows in (("left", self.left_rows), ("right", self.right_rows)):
            self._broken(rows.sort("row_id"), side, pl.lit("timing"))


def _many(column: str) -> pl.Expr:
    return pl.when(pl.col(column) > 1).then(pl.lit("many")).otherwise(pl.lit("one"))
