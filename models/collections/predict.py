"""The probability that each of today's debts is paid by itself."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.collections.baseline import BASELINE, base_rate, base_rates
from models.collections.dataset import DebtDataset
from models.collections.train import propensity
from models.registry import Champion


@dataclass(frozen=True, slots=True)
class Propensities:
    """The probability of payment of each debt, with the name and version of the model."""

    propensity: NDArray[np.float64]
    model: str
    version: str


def predict_propensities(
    data: DebtDataset, history: pl.DataFrame, champion: Champion | None
) -> Propensities:
    """The propensities by the champion, or by the base rates of `history` where there is none.

    A champion that needs a feature which is not there does not publish.

    Args:
        data: today's debts with their features.
        history: debts at earlier snapshots whose outcome is known.
        champion: the model that publishes.
    """
    if champion is None or not set(champion.card.features) <= set(data.features):
        return Propensities(base_rate(data.frame, base_rates(history)), BASELINE, BASELINE)
    card = champion.card
    chance = propensity(champion.estimators["propensity"], data.frame, card.features)
    return Propensities(chance, card.method, champion.version)
