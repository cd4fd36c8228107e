"""Debts with the features of them and of their customers, as known at each snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from features.history import training_frame
from features.store import Store
from models.collections.debts import BEHAVIOUR_FEATURES
from models.collections.inputs import SERVICE


@dataclass(frozen=True, slots=True)
class DebtDataset:
    """One row per debt and snapshot, as `debts_on` gives them, with the columns of `features`.

    `versions` are the Delta versions of the feature tables.
    """

    frame: pl.DataFrame
    features: tuple[str, ...]
    versions: Mapping[str, int]


def with_features(debts: pl.DataFrame, store: Store) -> DebtDataset:
    """Debts with the feature store's features as known at each snapshot."""
    known = training_frame(store, debts, SERVICE)
    return DebtDataset(known.frame, (*BEHAVIOUR_FEATURES, *known.features), known.versions)


def since_known(data: DebtDataset) -> DebtDataset:
    """Without the snapshots from before the first day on which the feature store knew anything."""
    knows = pl.any_horizontal(
        pl.col(name).is_not_null() for name in data.features if name not in BEHAVIOUR_FEATURES
    )
    first = data.frame.filter(knows)["date"].min()
    kept = data.frame.clear() if first is None else data.frame.filter(pl.col("date") >= first)
    return DebtDataset(kept, data.features, data.versions)
