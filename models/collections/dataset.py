"""Debts with all that was known of them and of who owes them at the snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from features.history import training_frame
from features.store import Store
from models.collections.debts import HABITS
from models.collections.inputs import SERVICE


@dataclass(frozen=True, slots=True)
class Dataset:
    """Debts (as `debts_on` gives them) with the columns named in `features`.

    `versions` are the Delta versions of the feature tables.
    """

    frame: pl.DataFrame
    features: tuple[str, ...]
    versions: Mapping[str, int]


def with_features(debts: pl.DataFrame, store: Store) -> Dataset:
    """Debts with the feature store's features as known at each snapshot."""
    known = training_frame(store, debts, SERVICE)
    return Dataset(known.frame, (*HABITS, *known.features), known.versions)


def since_known(data: Dataset) -> Dataset:
    """Without the snapshots from before the first day on which the feature store knew anything."""
    knows = pl.any_horizontal(
        pl.col(name).is_not_null() for name in data.features if name not in HABITS
    )
    first = data.frame.filter(knows)["date"].min()
    kept = data.frame.clear() if first is None else data.frame.filter(pl.col("date") >= first)
    return Dataset(kept, data.features, data.versions)
