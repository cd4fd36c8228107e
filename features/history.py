"""Training frames: what a service's features were for some entities, as known at a moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from features.definitions.services import feature_names
from features.definitions.tables import EVENT_TIMESTAMP, FeatureTable
from features.store import Store, opened

if TYPE_CHECKING:
    from feast import FeatureService, FeatureStore


@dataclass(frozen=True, slots=True)
class TrainingFrame:
    """Entity rows with their features, and the Delta versions that give the same frame again.

    `frame` has the entity rows' columns first, then those of `features`, named
    `<view>__<feature>`; null where nothing was known. `versions` is by table name.
    """

    frame: pl.DataFrame
    features: tuple[str, ...]
    versions: dict[str, int]
    service: str


def training_frame(
    store: Store,
    entities: pl.DataFrame,
    service: str,
    versions: Mapping[str, int] | None = None,
) -> TrainingFrame:
    """The features of a service for each entity row, as they were known at its moment.

    Args:
        store: the feature store of a lake.
        entities: one row per question: the keys of the service's entities (`customer_id`, ...;
            null where there is none), `event_timestamp` (an instant: the moment at which a decision
            would have been taken) and anything else, such as the label. Rows may repeat.
        service: a name in `features.definitions.services.SERVICES`.
        versions: Delta version of each table, by name, as an earlier frame recorded them; a table
            not named is read at its newest version.

    Returns:
        The same rows in the same order, with the features.

    Raises:
        KeyError: no such service.
        ValueError: a key or the moment is missing, is of the wrong type, or a column of `entities`
            is named like a feature.
        MissingTableError: a table or a version of it is not in the lake (any more).
    """
    tables = store.served(service)
    names = feature_names(tables)
    keys = sorted({table.key for table in tables})
    _refuse(entities, keys, names)
    pinned = store.versions(tables) | {
        name: version
        for name, version in (versions or {}).items()
        if name in {table.name for table in tables}
    }
    with opened(store, pinned) as feast:
        found = known(feast, entities, tables, feast.get_feature_service(service))
    return TrainingFrame(
        frame=pl.concat([entities, found], how="horizontal"),
        features=names,
        versions=pinned,
        service=service,
    )


def known(
    feast: FeatureStore,
    entities: pl.DataFrame,
    tables: Sequence[FeatureTable],
    features: FeatureService | list[str],
) -> pl.DataFrame:
    """The features of some tables for each entity row, in the types of their contracts.

    Args:
        feast: Feast over the lake, its tables pinned.
        entities: keys and `event_timestamp`; other columns are left alone.
        tables: the tables whose features are asked for.
        features: those features, as Feast asks for them.
    """
    # Only what the join needs goes through pandas, which would change the types of the rest.
    asked = entities.select(
        *(pl.col(key).cast(pl.String) for key in sorted({table.key for table in tables})),
        pl.col(EVENT_TIMESTAMP).dt.convert_time_zone("UTC"),
    )
    answer = feast.get_historical_features(
        entity_df=asked.to_pandas(), features=features, full_feature_names=True
    ).to_arrow()
    dtypes = [each.dtype for table in tables for each in table.features]
    return pl.DataFrame(answer.select(feature_names(tables))).select(
        pl.col(name).cast(dtype) for name, dtype in zip(feature_names(tables), dtypes, strict=True)
    )


def _refuse(entities: pl.DataFrame, keys: list[str], names: tuple[str, ...]) -> None:
    if missing := [name for name in (*keys, EVENT_TIMESTAMP) if name not in entities.columns]:
        raise ValueError(f"the entity rows have no column {', '.join(missing)}")
    kind = entities.schema[EVENT_TIMESTAMP]
    if not (isinstance(kind, pl.Datetime) and kind.time_zone):
        raise ValueError(f"{EVENT_TIMESTAMP} must be an instant with a time zone, not {kind}")
    if doubled := [name for name in entities.columns if name in names]:
        raise ValueError(f"the entity rows already have a column {', '.join(doubled)}")
