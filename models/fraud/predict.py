"""The day's payments by suspicion, with reasons."""

import json
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.fraud.dataset import Dataset
from models.fraud.explain import reasons
from models.fraud.inputs import REVIEWS_A_DAY
from models.fraud.rules import BASELINE, rule_reasons, rule_score
from models.fraud.train import suspicion
from models.registry import Champion


@dataclass(frozen=True, slots=True)
class Ranked:
    """Payments in the order of review, with the name and version of what ranked them.

    `frame` has the payments' columns, `score`, `rank` from 1 and `reasons` (JSON).
    """

    frame: pl.DataFrame
    model: str
    version: str


def rank(data: Dataset, champion: Champion | None, *, budget: int = REVIEWS_A_DAY) -> Ranked:
    """The `budget` most suspicious payments by the champion, or by the rules where there is none.

    A champion that needs a feature which is not there does not publish.
    """
    if champion is None or not set(champion.card.features) <= set(data.features):
        first = _first(data.frame, rule_score(data.frame), budget)
        return Ranked(_reasoned(first, rule_reasons(first)), BASELINE, BASELINE)
    estimator, features = champion.estimators["score"], champion.card.features
    if data.frame.is_empty():
        return Ranked(_reasoned(_first(data.frame, np.zeros(0), budget), []), "", "")
    first = _first(data.frame, suspicion(estimator, data.frame, features), budget)
    why = reasons(estimator, first, features)
    return Ranked(_reasoned(first, why), champion.card.method, champion.version)


def _first(payments: pl.DataFrame, score: NDArray[np.float64], budget: int) -> pl.DataFrame:
    return (
        payments.with_columns(score=pl.Series(score, dtype=pl.Float64))
        .sort(["score", "amount_base", "payment_id"], descending=[True, True, False])
        .head(budget)
        .with_row_index("rank", offset=1)
    )


def _reasoned(first: pl.DataFrame, why: list[list[dict[str, object]]]) -> pl.DataFrame:
    said = [json.dumps(each) for each in why]
    return first.with_columns(reasons=pl.Series(said, dtype=pl.String))
