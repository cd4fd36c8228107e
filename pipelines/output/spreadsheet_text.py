"""Tables that people open in a spreadsheet: text stays text there, numbers stay numbers."""

from pathlib import Path

import polars as pl

_FORMULA = r"^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"
"""What a spreadsheet takes for the beginning of a formula; the wide signs do in Japanese ones."""

_NUMBER = r"^[+-]?\d+([.,]\d+)?$"


def formula_safe(table: pl.DataFrame) -> pl.DataFrame:
    """The table with an apostrophe before each text that a spreadsheet would compute.

    One row for each row given, in the same columns.

    A text that is a plain number keeps its sign; so do the columns of numbers, which are no text.
    """
    text = pl.col(pl.String, pl.Categorical, pl.Enum).cast(pl.String)
    risky = text.str.contains(_FORMULA) & ~text.str.contains(_NUMBER)
    return table.with_columns(pl.when(risky).then("'" + text).otherwise(text).name.keep())


def csv_for_people(table: pl.DataFrame) -> bytes:
    """The table as CSV in UTF-8, safe to open in a spreadsheet."""
    return formula_safe(table).write_csv().encode()


def write_csv_for_people(table: pl.DataFrame, path: Path) -> None:
    """Write the table as CSV in UTF-8, safe to open in a spreadsheet."""
    path.write_bytes(csv_for_people(table))
