"""Parity: online and offline values of every feature are equal, for every entity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb
import polars as pl

from features.definitions.services import feature_names, references
from features.definitions.tables import EVENT_TIMESTAMP, FeatureTable
from features.delta_tables import delta_table, register
from features.events import quoted
from features.history import known
from features.manifest import read_manifest
from features.online.serving import NotMaterialisedError, served_values
from features.store import Store, connected, opened

EXAMPLES = 10
"""Differing values that the result names."""


@dataclass(frozen=True, slots=True)
class Parity:
    """The online store against history at the moment it was materialised for.

    `compared` and `differing` count entities by view; `examples` names some values that differ.
    """

    at: datetime
    compared: Mapping[str, int]
    differing: Mapping[str, int]
    examples: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether every value of every entity is equal, absent ones included."""
        return not any(self.differing.values())


def parity(store: Store) -> Parity:
    """Compare online and offline for every key that any feature table ever had.

    Keys without a value to serve (stale, known too late, not true yet) are compared as well: both
    sides must have none.

    Raises:
        NotMaterialisedError: nothing was materialised yet.
    """
    held = read_manifest(store.online)
    if held is None:
        raise NotMaterialisedError("the online store is empty: materialise it first")
    compared: dict[str, int] = {}
    differing: dict[str, int] = {}
    examples: list[str] = []
    online = connected(store, store.online, held.versions)
    with opened(store, held.versions) as offline:
        for table in store.tables():
            keys = _keys(store, table, held.versions[table.name])
            entities = pl.DataFrame({table.key: keys}, schema={table.key: pl.String}).with_columns(
                pl.lit(held.at).dt.cast_time_unit("us").alias(EVENT_TIMESTAMP)
            )
            expected = known(offline, entities, [table], references([table]))
            served = served_values(online, table, keys, held.at)
            differing_keys = unequal(expected.with_columns(entities[table.key]), served, table)
            compared[table.view] = len(keys)
            differing[table.view] = len(set(differing_keys))
            examples += [f"{table.view} of {key}" for key in differing_keys[:EXAMPLES]]
    return Parity(held.at, compared, differing, tuple(examples[:EXAMPLES]))


def unequal(expected: pl.DataFrame, served: pl.DataFrame, table: FeatureTable) -> list[str]:
    """Keys whose values differ between two frames of one table with the same keys in order."""
    if not expected[table.key].equals(served[table.key]):
        raise ValueError(f"{table.view}: the two sides are not about the same entities")
    same = pl.all_horizontal(
        pl.col(name).eq_missing(served.get_column(name)) for name in feature_names([table])
    )
    return expected.filter(~same).get_column(table.key).to_list()


def _keys(store: Store, table: FeatureTable, version: int) -> list[str]:
    with duckdb.connect() as con:
        source = delta_table(store.path(table), version)
        register(con, table.name, source, [table.key], moment=EVENT_TIMESTAMP)
        key, relation = quoted(table.key), quoted(table.name)
        return [
            row[0]
            for row in con.execute(
                f"SELECT DISTINCT {key} FROM {relation} WHERE {key} IS NOT NULL ORDER BY {key}"
            ).fetchall()
        ]
