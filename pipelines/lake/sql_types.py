"""How Polars' types are called in SQL."""

from collections.abc import Mapping

import polars as pl

_NAMES: Mapping[type[pl.DataType], str] = {
    pl.String: "varchar",
    pl.Boolean: "boolean",
    pl.Int8: "tinyint",
    pl.Int16: "smallint",
    pl.Int32: "integer",
    pl.Int64: "bigint",
    pl.Float32: "real",
    pl.Float64: "double",
    pl.Date: "date",
    pl.Binary: "blob",
}


def sql_type(dtype: pl.DataType) -> str:
    """The DuckDB name of a type that a Delta table can have.

    Raises:
        TypeError: no Delta table has it.
    """
    if isinstance(dtype, pl.Decimal):
        return f"decimal({dtype.precision},{dtype.scale})"
    if isinstance(dtype, pl.Datetime):
        return "timestamp with time zone" if dtype.time_zone else "timestamp"
    if isinstance(dtype, pl.List):
        return f"{sql_type(_plain(dtype.inner))}[]"
    if isinstance(dtype, pl.Struct):
        fields = (f'"{field.name}" {sql_type(_plain(field.dtype))}' for field in dtype.fields)
        return f"struct({', '.join(fields)})"
    try:
        return _NAMES[type(dtype)]
    except KeyError:
        raise TypeError(f"{dtype} is not a type of a Delta table") from None


def _plain(dtype: object) -> pl.DataType:
    if not isinstance(dtype, pl.DataType):
        raise TypeError(f"{dtype} is not a type of a Delta table")
    return dtype
