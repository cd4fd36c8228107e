"""The format version of a lake: which names and shapes its tables have, and who gave them."""

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from pipelines.lake.lake import LAYERS, Lake
from pipelines.lake.write_result import WriteResult

FORMAT_VERSIONS = "control/format_versions"

FORMAT_VERSIONS_SCHEMA: Mapping[str, pl.DataType] = {
    "version": pl.Int64(),
    "upgrade": pl.String(),
    "applied_at": pl.Datetime("us", "UTC"),
    "release": pl.String(),
}
"""One row per format version that a lake was made with or upgraded to. `upgrade` says what was
changed in words, `release` which release of the code did it. The highest `version` counts."""

UNRECORDED = 0
"""The version of a lake that was written before versions were recorded."""


class FormatError(RuntimeError):
    """A lake whose format this code cannot work with; the message says why, and what to do."""


def has_tables(lake: Lake) -> bool:
    """Whether a lake holds any table at all; one that does not is made in today's format."""
    return any(any((lake.root / layer).glob("*/_delta_log")) for layer in LAYERS)


def recorded_versions(lake: Lake) -> pl.DataFrame:
    """One row per recorded version, the lowest first; columns as `FORMAT_VERSIONS_SCHEMA`."""
    if not lake.exists(FORMAT_VERSIONS):
        return pl.DataFrame(schema=pl.Schema(FORMAT_VERSIONS_SCHEMA))
    rows = lake.read(FORMAT_VERSIONS, columns=list(FORMAT_VERSIONS_SCHEMA))
    return rows.sort("version").collect()


def record_version(
    lake: Lake, version: int, *, upgrade: str, release: str, now: datetime
) -> WriteResult:
    """Put on record that a lake has a format version now; once for each version."""
    lake.create(FORMAT_VERSIONS, FORMAT_VERSIONS_SCHEMA)
    rows = pl.DataFrame(
        [(version, upgrade, now, release)], pl.Schema(FORMAT_VERSIONS_SCHEMA), orient="row"
    )
    return lake.append_once(FORMAT_VERSIONS, rows, transaction_ids=[f"format {version}"])
