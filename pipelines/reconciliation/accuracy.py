"""Known truth about the reconciliations: what the demo planted, read to score the house by.

Truth is given by name to a run that should be scored. Nothing looks for it, and nothing that
matches, types or learns reads it: only the error sheet does, after everything else is made.
"""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.lake.lake import Lake
from pipelines.reconciliation.accuracy_record import ERROR_SHEET
from pipelines.runs.builds import last_whole_build

_NEEDED = {
    "recon_links": ("recon", "left_row_id", "right_row_id", "kind"),
    "breaks": ("recon", "side", "row_id", "break_kind"),
}


class TruthError(ValueError):
    """A folder does not hold the truth; the message says what it lacks, and what to do."""


@dataclass(frozen=True, slots=True)
class TruthTables:
    """Which rows belong together, and which were spoilt.

    `links` has one row per pair (recon, left_row_id, right_row_id, kind), `planted` one per spoilt
    row (recon, side, row_id, break_kind).
    """

    links: pl.DataFrame
    planted: pl.DataFrame


def read_truth(folder: Path) -> TruthTables:
    """Read the truth that `countinghouse demo` writes beside its landing zone.

    Raises:
        TruthError: a table is missing, or lacks a column.
    """
    read = {}
    for name, columns in _NEEDED.items():
        path = folder / f"{name}.parquet"
        if not path.is_file():
            raise TruthError(
                f"{folder} has no {path.name}. --truth takes the folder `truth` that "
                "countinghouse demo writes beside landing."
            )
        missing = sorted(set(columns) - set(pl.read_parquet_schema(path)))
        if missing:
            raise TruthError(f"{path} has no column {', '.join(missing)}.")
        read[name] = pl.read_parquet(path, columns=list(columns))
    return TruthTables(read["recon_links"], read["breaks"])


def is_scored(lake: Lake) -> bool:
    """Whether the last run that ended well has an error sheet."""
    last = last_whole_build(lake)
    if last is None or not lake.exists(ERROR_SHEET):
        return False
    scored = lake.read(ERROR_SHEET, columns=["run_id"]).filter(pl.col("run_id") == last.run_id)
    return scored.limit(1).collect().height > 0
