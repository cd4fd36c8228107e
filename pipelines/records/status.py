"""What `countinghouse status` says: the state of files and controls, as the lake records it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from pipelines.lake.lake import Lake
from pipelines.records.control_log import of_last_run
from pipelines.records.control_tables import (
    CONTROLS,
    CONTROLS_SCHEMA,
    FILES,
    FILES_SCHEMA,
    QUARANTINE,
    QUARANTINE_SCHEMA,
    current_decisions,
)

FILE_COLUMNS = (
    "feed",
    "file",
    "sha256",
    "rows_in",
    "rows_loaded",
    "rows_quarantined",
    "amount_in",
    "amount_loaded",
    "amount_quarantined",
    "rows_of_unknown_amount",
    "state",
    "reason",
)
"""What is said of a file."""

CONTROL_DAYS = "gold/fct_controls"
"""The mart that knows on which business days a control should have run."""

CONTROL_COLUMNS = (
    *("name", "scope", "as_of", "outcome", "expected", "actual", "difference", "detail"),
)
"""What is said of a control."""


@dataclass(frozen=True, slots=True)
class Status:
    """The files in the order of their names; the controls, each as it was recorded last.

    `quarantine` has a row for each file and reason: `file`, `reason`, how many `rows`, and the
    first of them (`source_row`, where the file has numbered rows).
    """

    files: pl.DataFrame
    quarantine: pl.DataFrame
    controls: pl.DataFrame

    def as_json(self) -> dict[str, list[dict[str, Any]]]:
        """All as plain values: amounts as text, because a JSON number is a float to most."""
        return {
            "files": plain_rows(self.files),
            "quarantine": plain_rows(self.quarantine),
            "controls": plain_rows(self.controls),
        }


def status(lake: Lake, as_of: date | None = None) -> Status:
    """Read the state of a lake; one that has never run says nothing.

    With `as_of`, files that arrived later and controls of later days are left out: the figures of
    that day know nothing of them.
    A control of which nothing is on record on a business day is among the controls as `missing`,
    as far as the last run that built the marts could tell.
    """
    files = current_decisions(_read(lake, FILES, FILES_SCHEMA)).sort("feed", "file", "ingested_at")
    controls = (
        of_last_run(_read(lake, CONTROLS, CONTROLS_SCHEMA))
        .unique(["name", "scope", "as_of"], keep="last", maintain_order=True)
        .select(CONTROL_COLUMNS)
    )
    known = pl.concat([controls, _missing(lake, controls)]).sort("as_of", "name", "scope")
    if as_of is not None:
        files = files.filter(pl.col("arrival_date") <= as_of)
        known = known.filter(pl.col("as_of") <= as_of)
    quarantined = (
        _read(lake, QUARANTINE, QUARANTINE_SCHEMA)
        .join(files, on=["file", "sha256"], how="semi")
        .group_by("file", "reason")
        .agg(pl.len().cast(pl.Int64).alias("rows"), pl.col("source_row").min())
        .sort("file", "source_row", "reason")
    )
    return Status(files.select(FILE_COLUMNS), quarantined, known)


def _missing(lake: Lake, recorded: pl.DataFrame) -> pl.DataFrame:
    """Controls and days that the mart found to be missing and that nobody has caught up on."""
    if not lake.exists(CONTROL_DAYS):
        return recorded.clear()
    days = lake.read(CONTROL_DAYS).filter(pl.col("outcome") == "missing").collect()
    absent = days.join(recorded, on=["name", "as_of"], how="anti")
    return absent.select(CONTROL_COLUMNS).cast(recorded.schema)


def _read(lake: Lake, table: str, schema: Any) -> pl.DataFrame:
    if not lake.exists(table):
        return pl.DataFrame(schema=schema)
    return lake.read(table).collect()


def plain_rows(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain values: amounts and days as text."""
    return [dict(zip(rows.columns, _values(row), strict=True)) for row in rows.iter_rows()]


def _values(row: Sequence[Any]) -> list[Any]:
    return [str(v) if isinstance(v, Decimal | date | datetime) else v for v in row]
