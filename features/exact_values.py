"""Values in types that Feast carries exactly into an online store, or a refusal by name.

On the way Feast makes a NumPy array of each column. Whole numbers with gaps become floats there,
exact only up to 2^53; single reals are refused for their type; NaN arrives as nothing.
"""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

_EXACT_AS_FLOAT = 2**53
"""Whole numbers up to this are exact as 64-bit floats."""

_WHOLE = pa.decimal128(19, 0)
"""Holds every 64-bit whole number, and stays as it is."""


class NotANumberError(ValueError):
    """A feature is NaN: neither a value nor its absence; names the feature and an entity."""


def exact(table: pa.Table, source: str, keys: Sequence[str]) -> pa.Table:
    """The table with columns that Feast carries exactly.

    One row for each row given.

    Args:
        table: keys, features and times of one source.
        source: its name, for the error.
        keys: the key columns.

    Raises:
        NotANumberError: a real feature is NaN.
    """
    for at, field in enumerate(table.schema):
        column = table.column(at)
        if pa.types.is_floating(field.type):
            _refuse_nan(table, field.name, source, keys)
            if field.type != pa.float64():
                table = table.set_column(at, field.name, column.cast(pa.float64()))
        elif pa.types.is_integer(field.type) and column.null_count and _is_large(column):
            table = table.set_column(at, field.name, column.cast(pa.int64()).cast(_WHOLE))
    return table


def _is_large(column: pa.ChunkedArray) -> bool:
    bounds = pc.min_max(column).as_py()
    return any(bound is not None and abs(bound) > _EXACT_AS_FLOAT for bound in bounds.values())


def _refuse_nan(table: pa.Table, name: str, source: str, keys: Sequence[str]) -> None:
    found = table.filter(pc.is_nan(table.column(name)))
    if found.num_rows:
        who = ", ".join(str(found.column(key)[0].as_py()) for key in keys)
        raise NotANumberError(
            f"{source}.{name} is NaN for {who} and {found.num_rows - 1} more: a feature is a number"
            " or absent (null); mend the division or logarithm that makes it"
        )
