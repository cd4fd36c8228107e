"""The probability that each of today's debts is paid by itself."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.collections.baseline import BASELINE, base_rate, base_rates
from models.collections.dataset import Dataset
from models.collections.train import propensity
from models.registry import Champion


@dataclass(frozen=True, slots=True)
class Expected:
    """A probability for each debt, with the name and version of what gave it."""

    propensity: NDArray[np.float64]
    model: str
    version: str


def expect(data: Dataset, history: pl.DataFrame, champion: Champion | None) -> Expected:
    """By the champion, or by the base rates of `history` where there is none.

    A champion that needs a feature which is not there does not publish.

    Args:
        data: today's debts with their features.
        history: debts at earlier snapshots whose outcome is known.
        champion: the model that publishes.
    """
    if champion is None or not set(champion.card.features) <= set(data.features):
        return Expected(base_rate(data.frame, base_rates(history)), BASELINE, BASELINE)
    card = champion.card
    chance = propensity(champion.estimators["propensity"], data.frame, card.features)
    return Expected(chance, card.method, champion.version)
