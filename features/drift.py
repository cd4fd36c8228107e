"""Drift: a Delta table that is not what its contract, and so Feast, says it is."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa

from features.definitions.tables import EVENT_TIMESTAMP, KNOWN_AT, FeatureTable
from features.delta_tables import delta_table


class DriftError(ValueError):
    """A feature table in the lake differs from its contract; names each column that does."""


def refuse_drift(paths: Mapping[str, Path], tables: Sequence[FeatureTable]) -> None:
    """Refuse feature tables that differ from their contracts.

    Args:
        paths: where each table lies, by its name.
        tables: the tables as their contracts describe them.

    Raises:
        DriftError: some column is missing, not in the contract, or of another type.
    """
    found = [
        difference
        for table in tables
        for difference in differences(
            table, pa.schema(delta_table(paths[table.name]).schema().to_arrow())
        )
    ]
    if found:
        raise DriftError("; ".join(found))


def differences(table: FeatureTable, schema: pa.Schema) -> list[str]:
    """In what a schema differs from a table's contract, one sentence for each column."""
    described: dict[str, pl.DataType] = {
        table.key: pl.String(),
        EVENT_TIMESTAMP: pl.Datetime("us", "UTC"),
        KNOWN_AT: pl.Datetime("us", "UTC"),
        **{each.name: each.dtype for each in table.features},
    }
    held = dict(pl.DataFrame(schema.empty_table()).schema)
    missing = [f"{table.name}.{name} is not in the lake" for name in described if name not in held]
    beyond = [f"{table.name}.{name} is in no contract" for name in held if name not in described]
    changed = [
        f"{table.name}.{name} is {held[name]} in the lake and {kind} in its contract"
        for name, kind in described.items()
        if name in held and _widest(held[name]) != _widest(kind)
    ]
    return missing + beyond + changed


def _widest(kind: pl.DataType) -> pl.DataType:
    """The type in which a frame carries values of a type."""
    if kind.is_integer():
        return pl.Int64()
    return pl.Float64() if kind.is_float() else kind
