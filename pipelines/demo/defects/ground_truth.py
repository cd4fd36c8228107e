"""The ground truth of a demo: Parquet files beside the landing zone, which no build reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

_TEXT = pl.String()
TABLES: Mapping[str, Mapping[str, pl.DataType]] = {
    "recon_links": {
        "recon": _TEXT, "left_row_id": _TEXT, "right_row_id": _TEXT, "kind": _TEXT, "shape": _TEXT,
    },
    "breaks": {
        "recon": _TEXT, "side": _TEXT, "row_id": _TEXT, "break_kind": _TEXT, "note": _TEXT,
    },
    "timing": {
        "recon": _TEXT, "left_row_id": _TEXT, "right_row_id": _TEXT, "booked": pl.Date(),
        "cleared": pl.Date(),
    },
    "fraud": {
        "payment_id": _TEXT, "customer_id": _TEXT, "pattern": _TEXT, "reported": pl.Boolean(),
    },
    "customers": {"customer_id": _TEXT, "behaviour": _TEXT},
    "contact_effects": {
        "obligation_id": _TEXT, "customer_id": _TEXT, "due_date": pl.Date(),
        "delay_alone": pl.Int64(), "delay": pl.Int64(),
    },
    "bad_rows": {"feed": _TEXT, "file": _TEXT, "row": pl.Int64(), "why": _TEXT},
    "corrections": {
        "feed": _TEXT, "file": _TEXT, "corrected_by": _TEXT, "document": _TEXT, "note": _TEXT,
    },
    "statement_problems": {
        "account_id": _TEXT, "statement_id": _TEXT, "file": _TEXT, "problem": _TEXT,
        "difference": _TEXT,
    },
    "movements": {
        "account_id": _TEXT, "bank_date": pl.Date(), "rows": pl.Int64(), "net_minor": pl.Int64(),
        "delivered": pl.Boolean(),
    },
}  # fmt: skip
"""The tables of the truth; `bad_rows.row` is the line in the file, the header being line 1.

`recon_links` has each pair of rows that settle each other once both have arrived: `kind` says how
it can be recognised (exact, text, amount_date, batch, or the defect that hides it), `shape` how
many settle how many. `movements` sums what the banks state by account and day."""


@dataclass(slots=True)
class TruthWriter:
    """Writes the tables of the truth; once closed, each exists, if only without rows."""

    folder: Path
    rows: dict[str, int] = field(default_factory=dict)
    _writers: dict[str, pq.ParquetWriter] = field(default_factory=dict)

    def write(self, name: str, rows: pl.DataFrame) -> None:
        """Append rows to a table, their columns in any order."""
        schema = TABLES[name]
        typed = rows.select(pl.col(column).cast(dtype) for column, dtype in schema.items())
        table = typed.to_arrow(compat_level=pl.CompatLevel.oldest())
        if name not in self._writers:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / f"{name}.parquet"
            self._writers[name] = pq.ParquetWriter(path, table.schema, compression="zstd")
        self._writers[name].write_table(table)
        self.rows[name] = self.rows.get(name, 0) + rows.height

    def close(self) -> None:
        """Finish the files."""
        for name in TABLES.keys() - self._writers.keys():
            self.write(name, pl.DataFrame(schema=TABLES[name]))
        for writer in self._writers.values():
            writer.close()
