"""Keep the collections model fresh: train when it is time to, and say who publishes."""

from datetime import date
from pathlib import Path

from features.store import Store
from models.card import Provenance
from models.collections.dataset import since_known, with_features
from models.collections.debts import instalments, snapshots, weekly
from models.collections.inputs import MODEL, SNAPSHOT_WEEKS, CollectionsInputs
from models.collections.train import train
from models.registry import Candidate, Shelf, code_digest
from models.training_status import Standing, stand


def refresh(
    inputs: CollectionsInputs,
    store: Store,
    shelf: Shelf,
    *,
    as_of: date,
    origin: Provenance,
    seed: int = 7,
) -> Standing:
    """Train anew or reuse, promote if the base rates are beaten.

    Args:
        inputs: receivables, customers, consents and contacts as known at the end of `as_of`.
        store: the feature store of the same lake.
        shelf: where models stand.
        as_of: the day on which we stand.
        origin: where the data come from, for the card.
        seed: of what is drawn in training.

    Returns:
        The standing; without a card where too few debts are known to train at all.
    """
    code = code_digest(Path(__file__).parent)

    def candidate() -> Candidate | None:
        debts = snapshots(instalments(inputs), weekly(as_of, SNAPSHOT_WEEKS))
        if debts.is_empty():
            return None
        data = since_known(with_features(debts, store))
        return train(data, as_of=as_of, seed=seed, code=code)

    return stand(shelf, MODEL, candidate, as_of=as_of, code=code, origin=origin)
