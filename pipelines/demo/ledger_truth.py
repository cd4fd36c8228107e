"""The truth that a reconciliation is held against: who settles whom, and every planted break."""

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from pipelines.demo.money import on
from pipelines.demo.providers import Settled

_LINK = {
    "recon": pl.String(), "left_row_id": pl.String(), "right_row_id": pl.String(),
    "kind": pl.String(), "shape": pl.String(),
}  # fmt: skip
_BREAK = {
    "recon": pl.String(), "side": pl.String(), "row_id": pl.String(), "break_kind": pl.String(),
    "note": pl.String(),
}  # fmt: skip
_SIDE = {
    "gid": pl.String(), "row_id": pl.String(), "day": pl.Int64(), "amount": pl.Int64(),
    "account": pl.Int64(), "shows": pl.String(), "defect": pl.String(), "note": pl.String(),
    "text": pl.String(),
}  # fmt: skip
_ON_ROW = ("missing_left", "missing_right", "duplicate", "reversal")


@dataclass(slots=True)
class Table:
    """One Parquet file that grows by row groups."""

    path: Path
    writer: pq.ParquetWriter | None = None

    def add(self, rows: pl.DataFrame) -> None:
        """Append rows."""
        table = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
        if self.writer is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.writer = pq.ParquetWriter(self.path, table.schema, compression="zstd")
        self.writer.write_table(table)

    def close(self) -> None:
        """Finish the file."""
        if self.writer is not None:
            self.writer.close()


@dataclass(slots=True)
class Ledger:
    """Both sides of the ledger-bank reconciliation, paired as they appear."""

    folder: Path
    lefts: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_SIDE))
    rights: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_SIDE))
    links: int = 0
    tables: dict[str, Table] = field(default_factory=dict)

    def write(self, name: str, rows: pl.DataFrame) -> None:
        """Append rows to a truth table."""
        if name not in self.tables:
            self.tables[name] = Table(self.folder / f"{name}.parquet")
        self.tables[name].add(rows)

    def left(self, rows: pl.DataFrame) -> None:
        """Bank rows; those not delivered yet are not there for the pipeline."""
        seen = rows.filter("delivered").with_columns(day=pl.col("bank_day"))
        self._spoilt(seen, "left")
        self.lefts = pl.concat([self.lefts, _side(seen)])

    def right(self, rows: pl.DataFrame) -> None:
        """Ledger lines on cash accounts."""
        self._spoilt(rows, "right")
        self.rights = pl.concat([self.rights, _side(rows.with_columns(shows=pl.lit("")))])

    def _spoilt(self, rows: pl.DataFrame, side: str) -> None:
        alone = rows.filter(pl.col("gid").is_null() & pl.col("defect").is_not_null())
        self.write("breaks", _breaks(alone, side, pl.col("defect")))

    def pair(self, settled: Settled, last: int) -> None:
        """Link the groups of which both sides have appeared, and the card settlements."""
        known = self.lefts.join(
            self.rights.select("gid", right_row_id="row_id", right_day="day", right_amount="amount",
                               right_account="account", right_defect="defect", right_note="note"),
            on="gid", how="inner",
        )  # fmt: skip
        groups = known.with_columns(
            lefts=pl.col("row_id").n_unique().over("gid"),
            rights=pl.col("right_row_id").n_unique().over("gid"),
        ).sort("right_row_id", "row_id")
        defect = pl.coalesce("right_defect", "defect")
        batch = (pl.col("lefts") > 1) | (pl.col("rights") > 1)
        shape = (
            pl.when((pl.col("lefts") > 1) & (pl.col("rights") > 1)).then(pl.lit("many_to_many"))
            .when(pl.col("lefts") > 1).then(pl.lit("many_to_one"))
            .when(pl.col("rights") > 1).then(pl.lit("one_to_many"))
            .otherwise(pl.lit("one_to_one"))
        )  # fmt: skip
        way = pl.col("shows").replace_strict(
            {"id": "exact", "text": "text", "none": "amount_date"}, default="exact"
        )
        linked = groups.select(
            recon=pl.lit("ledger_bank"), left_row_id="row_id", right_row_id="right_row_id",
            kind=pl.when(batch).then(pl.lit("batch")).otherwise(pl.coalesce(defect, way)),
            shape=shape,
        )  # fmt: skip
        self.write("recon_links", linked)
        self.links += linked.height
        self._planted(groups.with_columns(defect=defect, note=pl.coalesce("right_note", "note")))
        self.lefts = self.lefts.join(known.select("gid"), on="gid", how="anti")
        self.rights = self.rights.join(known.select("gid"), on="gid", how="anti")

    def _planted(self, groups: pl.DataFrame) -> None:
        timing = groups.filter(pl.col("defect") == "timing").select(
            recon=pl.lit("ledger_bank"), right_row_id="right_row_id", left_row_id="row_id",
            booked=on("right_day"), cleared=on("day"),
        )  # fmt: skip
        self.write("timing", timing)
        spoilt = groups.filter(
            pl.col("defect").is_not_null() & ~pl.col("defect").is_in(["timing", "late"])
        )
        right = spoilt.select("note", "defect", row_id="right_row_id")
        self.write("breaks", _breaks(spoilt, "left", pl.col("defect")))
        self.write("breaks", _breaks(right, "right", pl.col("defect")))

    def finish(self) -> None:
        """What is still open at the end is a difference of time; then close the files."""
        for side, rows in (("left", self.lefts), ("right", self.rights)):
            still = rows.filter(pl.col("gid").is_not_null()).sort("row_id")
            self.write("breaks", _breaks(still, side, pl.lit("timing")))
        for table in self.tables.values():
            table.close()


def _side(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("gid").is_not_null()).select(
        pl.col(name).cast(dtype) for name, dtype in _SIDE.items()
    )


def _breaks(rows: pl.DataFrame, side: str, kind: pl.Expr) -> pl.DataFrame:
    return rows.select(
        recon=pl.lit("ledger_bank"), side=pl.lit(side), row_id="row_id", break_kind=kind,
        note=pl.col("note").fill_null(""),
    ).cast(_BREAK)  # type: ignore[arg-type]  # fmt: skip
