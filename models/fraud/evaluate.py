"""How well a score finds frauds, overall and within the reviews that a day allows."""

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.fraud.inputs import REVIEWS_A_DAY
from models.metrics import average_precision, roc_auc

JUDGED_BY = "average_precision"


def scores(
    outcome: NDArray[np.float64],
    score: NDArray[np.float64],
    day: pl.Series,
    *,
    budget: int = REVIEWS_A_DAY,
) -> Mapping[str, float]:
    """Average precision, area under ROC, and precision and recall of the reviews of each day.

    Args:
        outcome: 1 for a fraud.
        score: higher is more suspicious.
        day: the day of each payment.
        budget: reviews a day.
    """
    ranked = pl.DataFrame({"outcome": outcome, "score": score, "day": day}).with_columns(
        position=pl.col("score").rank("ordinal", descending=True).over("day")
    )
    reviewed = ranked.filter(pl.col("position") <= budget)["outcome"]
    found, frauds = float(reviewed.sum()), float(outcome.sum())
    return {
        "average_precision": average_precision(outcome, score),
        "roc_auc": roc_auc(outcome, score),
        f"precision_at_{budget}_a_day": found / len(reviewed) if len(reviewed) else float("nan"),
        f"recall_at_{budget}_a_day": found / frauds if frauds else float("nan"),
    }
