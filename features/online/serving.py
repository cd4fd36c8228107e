"""Reading online values: the newest features of some entities, none of them stale."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl

from features.definitions.services import feature_names, references
from features.definitions.tables import FeatureTable
from features.manifest import read_manifest
from features.store import Store, connected

if TYPE_CHECKING:
    from feast import FeatureStore

BATCH = 5_000
"""Keys per question: SQLite takes some thirty thousand parameters in one."""


class NotMaterialisedError(LookupError):
    """The online store is empty: nothing was materialised yet."""


class OverwrittenError(RuntimeError):
    """Another command wrote into the online store: it no longer holds the values of one day."""


def online_features(
    store: Store, service: str, entities: pl.DataFrame, at: datetime | None = None
) -> pl.DataFrame:
    """The online features of a service for some entities.

    Args:
        store: the feature store of a lake.
        service: a name in `features.definitions.services.SERVICES`.
        entities: one row per question: the keys of the service's entities (null where there is
            none) and anything else.
        at: the moment of asking, by which a value may have become stale; the moment as of which
            the store was materialised, when left out.

    Returns:
        The same rows in the same order with the features behind, named and typed as in a training
        frame; null where the store has no value or only a stale one.

    Raises:
        NotMaterialisedError: nothing was materialised yet.
        OverwrittenError: another command, such as Feast's own, has changed values since.
        KeyError: no such service.
        ValueError: a key is missing, or the moment is before the one materialised for.
    """
    tables = store.served(service)
    if missing := {table.key for table in tables} - set(entities.columns):
        raise ValueError(f"the entity rows have no column {', '.join(sorted(missing))}")
    held = read_manifest(store.online)
    if held is None:
        raise NotMaterialisedError("the online store is empty: materialise it first")
    if held.overwritten_at:
        raise OverwrittenError(
            f"the online store held what was known at {held.at}, and another command has written "
            f"into it at {held.overwritten_at}: materialise it again"
        )
    moment = held.at if at is None else at
    if moment < held.at:
        raise ValueError(f"the online store knows {held.at} and cannot say what was at {moment}")
    feast = connected(store, store.online, held.versions)
    found = [entities]
    for table in tables:
        keys = entities.get_column(table.key).cast(pl.String)
        values = served_values(feast, table, keys.drop_nulls().unique().sort().to_list(), moment)
        asked = pl.DataFrame({table.key: keys})
        found.append(
            asked.join(values, on=table.key, how="left", maintain_order="left").drop(table.key)
        )
    return pl.concat(found, how="horizontal")


def served_values(
    feast: FeatureStore, table: FeatureTable, keys: Sequence[str], at: datetime
) -> pl.DataFrame:
    """The online values of one table for some keys, by key; stale ones are null.

    One row per key and feature, for the keys that are known.
    """
    schema = {
        table.key: pl.String(),
        **{
            name: each.dtype
            for name, each in zip(feature_names([table]), table.features, strict=True)
        },
    }
    batches = [
        _batch(feast, table, keys[start : start + BATCH], at, schema)
        for start in range(0, len(keys), BATCH)
    ]
    return pl.concat(batches) if batches else pl.DataFrame(schema=schema)


def _batch(
    feast: FeatureStore,
    table: FeatureTable,
    keys: Sequence[str],
    at: datetime,
    schema: dict[str, pl.DataType],
) -> pl.DataFrame:
    response = feast.get_online_features(
        features=references([table]), entity_rows={table.key: list(keys)}, full_feature_names=True
    )
    values = response.to_dict()
    times = dict(
        zip(response.proto.metadata.feature_names.val, response.proto.results, strict=True)
    )[feature_names([table])[0]].event_timestamps
    # Feast writes the ttl down and does not apply it here; the store keeps whole seconds.
    oldest = int((at - table.ttl - datetime.fromtimestamp(0, at.tzinfo)) // timedelta(seconds=1))
    alive = pl.Series([each.seconds >= oldest for each in times], dtype=pl.Boolean)
    frame = pl.DataFrame({name: values[name] for name in schema}, schema=schema)
    return frame.select(
        pl.col(table.key),
        *(
            pl.when(alive).then(pl.col(name)).otherwise(None).alias(name)
            for name in feature_names([table])
        ),
    )
