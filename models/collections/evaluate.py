"""How good a probability of payment is: calibrated, and sharper than the base rate."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from models.metrics import brier, calibration_error, roc_auc

JUDGED_BY = "brier"


def scores(outcome: NDArray[np.float64], probability: NDArray[np.float64]) -> Mapping[str, float]:
    """Brier score, expected calibration error and area under ROC."""
    return {
        "brier": brier(outcome, probability),
        "calibration_error": calibration_error(outcome, probability),
        "roc_auc": roc_auc(outcome, probability),
    }
