"""The files of a Delta table by their names on disk.

Delta gives addresses, in which a blank or an umlaut of a folder's name is a code. DuckDB and Polars
take them for names.
"""

from urllib.parse import unquote

import polars as pl
from deltalake import DeltaTable


def local_files(table: DeltaTable) -> list[str]:
    """The paths of the Parquet files that hold a version of a table."""
    return [unquote(address) for address in table.file_uris()]


def scan_table(table: DeltaTable) -> pl.LazyFrame:
    """A table as Polars sees it, also where its folder has an unusual name.

    One row per row of that version.
    """
    if "%" in table.table_uri:
        return pl.scan_pyarrow_dataset(table.to_pyarrow_dataset())
    return pl.scan_delta(table)
