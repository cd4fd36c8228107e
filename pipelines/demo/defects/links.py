"""Who settles whom: two sides paired by group as their rows appear."""

from dataclasses import dataclass, field

import polars as pl

from pipelines.demo.defects.ground_truth import Truth
from pipelines.demo.world.money import on

_SIDE = {
    "gid": pl.String(), "row_id": pl.String(), "day": pl.Int64(), "shows": pl.String(),
    "defect": pl.String(), "note": pl.String(),
}  # fmt: skip
_WAYS = {"id": "exact", "text": "text", "none": "amount_date"}


@dataclass(slots=True)
class Pairing:
    """One reconciliation's two sides: rows with `gid`, `row_id`, `day`, `shows`, `defect`, `note`.

    Rows of one group are put in together, side by side or side after side.
    """

    recon: str
    truth: Truth
    lefts: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_SIDE))
    rights: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_SIDE))

    def put(self, left: pl.DataFrame, right: pl.DataFrame) -> None:
        """Add rows that the pipeline can see; those of no group are breaks if they are spoilt."""
        self.lefts = pl.concat([self.lefts, self._side(left, "left")])
        self.rights = pl.concat([self.rights, self._side(right, "right")])
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
        other = self.rights.rename({name: f"right_{name}" for name in _SIDE if name != "gid"})
        known = self.lefts.join(other, on="gid", how="inner").with_columns(
            lefts=pl.col("row_id").n_unique().over("gid"),
            rights=pl.col("right_row_id").n_unique().over("gid"),
            defect=pl.coalesce("right_defect", "defect"),
            note=pl.coalesce("right_note", "note"),
        )
        self._link(known.sort("right_row_id", "row_id"))
        seen = known.select("gid").unique()
        self.lefts = self.lefts.join(seen, on="gid", how="anti", maintain_order="left")
        self.rights = self.rights.join(seen, on="gid", how="anti", maintain_order="left")

    def _link(self, known: pl.DataFrame) -> None:
        way = pl.col("shows").replace_strict(_WAYS, default="exact", return_dtype=pl.String)
        batch = (pl.col("lefts") > 1) | (pl.col("rights") > 1)
        self.truth.write(
            "recon_links",
            known.select(
                recon=pl.lit(self.recon),
                left_row_id="row_id",
                right_row_id="right_row_id",
                kind=pl.when(batch).then(pl.lit("batch")).otherwise(pl.coalesce("defect", way)),
                shape=pl.format("{}_to_{}", _many("lefts"), _many("rights")),
            ),
        )
        self.truth.write(
            "timing",
            known.filter(pl.col("defect") == "timing").select(
                recon=pl.lit(self.recon),
                left_row_id="row_id",
                right_row_id="right_row_id",
                booked=on("right_day"),
                cleared=on("day"),
            ),
        )
        timely = pl.col("defect").is_in(["timing", "late"])
        spoilt = known.filter(pl.col("defect").is_not_null() & ~timely)
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
        """What still waits for its other side on the last day is a difference of time."""
        for side, rows in (("left", self.lefts), ("right", self.rights)):
            self._broken(rows.sort("row_id"), side, pl.lit("timing"))


def _many(column: str) -> pl.Expr:
    return pl.when(pl.col(column) > 1).then(pl.lit("many")).otherwise(pl.lit("one"))
