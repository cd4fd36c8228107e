"""Keep the liquidity model fresh: retrain it when due, and return who publishes."""

from datetime import date

from models.card import Provenance
from models.liquidity.dataset import cash_flow_matrix
from models.liquidity.inputs import MODEL, LiquidityInputs
from models.liquidity.train import code, train
from models.registry import Candidate, ModelRegistry
from models.training_status import TrainingStatus, retrain_if_due


def refresh(
    inputs: LiquidityInputs,
    registry: ModelRegistry,
    *,
    as_of: date,
    provenance: Provenance,
    seed: int = 7,
) -> TrainingStatus:
    """Retrain, evaluate and perhaps promote; reuse a model that is young and of this code.

    Args:
        inputs: the tables as known at the end of `as_of`.
        registry: where trained models are stored.
        as_of: the day of the run; nothing later is known.
        provenance: where the data come from, for the card.
        seed: written on the card; nothing is random here.
    """

    def attempt() -> Candidate | None:
        matrix = cash_flow_matrix(inputs, as_of=as_of)
        if matrix is None:
            return None
        return train(matrix, seed=seed)

    return retrain_if_due(registry, MODEL, attempt, as_of=as_of, code=code(), provenance=provenance)
