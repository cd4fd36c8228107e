"""The day's payments ranked by probability of fraud, with reasons."""

import json
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.fraud.dataset import PaymentDataset
from models.fraud.explain import reasons
from models.fraud.inputs import REVIEWS_A_DAY
from models.fraud.rules import BASELINE, rule_reasons, rule_score
from models.fraud.train import fraud_probability
from models.registry import Champion


@dataclass(frozen=True, slots=True)
class RankedPayments:
    """Payments in the order of review, with the name and version of the model that ranked them.

    `frame` has the payments' columns, `score`, `rank` from 1 and `reasons` (JSON).
    """

    frame: pl.DataFrame
    model: str
    version: str


def rank(
    data: PaymentDataset, champion: Champion | None, *, budget: int = REVIEWS_A_DAY
) -> RankedPayments:
    """The first `budget` payments by the champion, or by the rules where there is none.

    A champion that needs a feature which is not there does not publish.
    """
    if champion is None or not set(champion.card.features) <= set(data.features):
        first = _first(data.frame, rule_score(data.frame), budget)
        return RankedPayments(_with_reasons(first, rule_reasons(first)), BASELINE, BASELINE)
    estimator, features = champion.estimators["score"], champion.card.features
    if data.frame.is_empty():
        return RankedPayments(_with_reasons(_first(data.frame, np.zeros(0), budget), []), "", "")
    first = _first(data.frame, fraud_probability(estimator, data.frame, features), budget)
    first_reasons = reasons(estimator, first, features)
    return RankedPayments(
        _with_reasons(first, first_reasons), champion.card.method, champion.version
    )


def _first(payments: pl.DataFrame, score: NDArray[np.float64], budget: int) -> pl.DataFrame:
    return (
        payments.with_columns(score=pl.Series(score, dtype=pl.Float64))
        .sort(["score", "amount_base", "payment_id"], descending=[True, True, False])
        .head(budget)
        .with_row_index("rank", offset=1)
    )


def _with_reasons(first: pl.DataFrame, reasons_of: list[list[dict[str, object]]]) -> pl.DataFrame:
    texts = [json.dumps(each) for each in reasons_of]
    return first.with_columns(reasons=pl.Series(texts, dtype=pl.String))
