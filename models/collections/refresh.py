"""Keep the collections model fresh: retrain it when due, and return who publishes."""

from datetime import date
from pathlib import Path

from features.store import Store
from models.card import Provenance
from models.collections.dataset import since_known, with_features
from models.collections.debts import instalments, snapshot_days, snapshots
from models.collections.inputs import MODEL, SNAPSHOT_WEEKS, CollectionsInputs
from models.collections.train import train
from models.registry import Candidate, ModelRegistry, code_digest
from models.training_status import TrainingStatus, retrain_if_due


def refresh(
    inputs: CollectionsInputs,
    store: Store,
    registry: ModelRegistry,
    *,
    as_of: date,
    provenance: Provenance,
    seed: int = 7,
) -> TrainingStatus:
    """Train anew or reuse, promote if the base rates are beaten.

    Args:
        inputs: receivables, customers, consents and contacts as known at the end of `as_of`.
        store: the feature store of the same lake.
        registry: where trained models are stored.
        as_of: the day of the run; nothing later is known.
        provenance: where the data come from, for the card.
        seed: of what is drawn in training.

    Returns:
        The training status; without a card where too few debts are known to train at all.
    """
    code = code_digest(Path(__file__).parent)

    def candidate() -> Candidate | None:
        debts = snapshots(instalments(inputs), snapshot_days(as_of, SNAPSHOT_WEEKS))
        if debts.is_empty():
            return None
        data = since_known(with_features(debts, store))
        return train(data, as_of=as_of, seed=seed, code=code)

    return retrain_if_due(registry, MODEL, candidate, as_of=as_of, code=code, provenance=provenance)
