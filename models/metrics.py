"""Figures that judge a score or a probability: scikit-learn's, and what it has not.

A figure that the outcomes do not define is NaN, and NaN beats no baseline.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def brier(outcome: Floats, probability: Floats) -> float:
    """Mean squared error of a probability (Brier, 1950)."""
    from sklearn.metrics import brier_score_loss

    return float(brier_score_loss(outcome, probability, pos_label=1))


def average_precision(outcome: Floats, score: Floats) -> float:
    """Area under precision over recall, as a step function; NaN without a positive outcome."""
    from sklearn.metrics import average_precision_score

    if not outcome.any() or np.isnan(score).any():
        return float("nan")
    return float(average_precision_score(outcome, score))


def roc_auc(outcome: Floats, score: Floats) -> float:
    """Probability that a positive scores above a negative; NaN where one of them is missing."""
    from sklearn.metrics import roc_auc_score

    if outcome.all() or not outcome.any() or np.isnan(score).any():
        return float("nan")
    return float(roc_auc_score(outcome, score))


def calibration_error(outcome: Floats, probability: Floats, bins: int = 10) -> float:
    """Expected calibration error over bins of equal count: mean gap of stated and seen rate."""
    order = np.argsort(probability, kind="stable")
    gaps = [
        len(part) * abs(float(outcome[part].mean()) - float(probability[part].mean()))
        for part in np.array_split(order, bins)
        if len(part)
    ]
    return float(sum(gaps) / len(outcome))
