"""Keep the fraud model fresh: retrain it when due, and return who publishes."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl

from features.store import Store
from models.card import Provenance
from models.fraud.dataset import reviewable, with_features
from models.fraud.inputs import HISTORY_DAYS, MODEL, FraudInputs
from models.fraud.train import train
from models.registry import Candidate, ModelRegistry, code_digest
from models.training_status import TrainingStatus, retrain_if_due


def refresh(
    inputs: FraudInputs,
    store: Store,
    registry: ModelRegistry,
    *,
    as_of: date,
    provenance: Provenance,
    seed: int = 7,
) -> TrainingStatus:
    """Train anew or reuse, promote if the rules are beaten.

    Args:
        inputs: payments and customers as known at the end of `as_of`.
        store: the feature store of the same lake.
        registry: where trained models are stored.
        as_of: the day of the run; nothing later is known.
        provenance: where the data come from, for the card.
        seed: of what is drawn in training.

    Returns:
        The training status; without a card where too few frauds are known to train at all.
    """
    code = code_digest(Path(__file__).parent)

    def candidate() -> Candidate | None:
        first = as_of - timedelta(days=HISTORY_DAYS - 1)
        payments = reviewable(inputs, as_of=as_of).filter(pl.col("date") >= first)
        if payments.is_empty():
            return None
        return train(with_features(payments, store), as_of=as_of, seed=seed, code=code)

    return retrain_if_due(registry, MODEL, candidate, as_of=as_of, code=code, provenance=provenance)
