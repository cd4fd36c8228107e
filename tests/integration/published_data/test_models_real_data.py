"""The models' methods against data that nobody here wrote; full figures in benchmarks/models.py."""

from pathlib import Path

import pytest

from benchmarks.models import PUBLISHED, clients, handbook
from models.collections.methods import METHODS as COLLECTIONS_METHODS
from models.fraud.methods import METHODS as FRAUD_METHODS

pytestmark = pytest.mark.data


def test_logistic_regression_comes_to_the_published_figures_of_the_fraud_handbook(
    shared_data: Path,
) -> None:
    found = handbook(shared_data).judged(FRAUD_METHODS["logistic_regression"](7))
    roc_auc, average_precision, card_precision = PUBLISHED["logistic_regression"]
    assert found["roc_auc"] == pytest.approx(roc_auc, abs=0.005)
    assert found["average_precision"] == pytest.approx(average_precision, abs=0.01)
    assert found["card_precision_at_100"] == pytest.approx(card_precision, abs=0.005)


def test_boosted_trees_are_calibrated_and_beat_the_base_rate_on_card_clients(
    shared_data: Path,
) -> None:
    split = clients(shared_data)
    found, base = split.judged(COLLECTIONS_METHODS["boosted_trees"](7)), split.baseline()
    assert found["brier"] < base["brier"]
    assert found["roc_auc"] > base["roc_auc"] + 0.05
    assert found["calibration_error"] < 0.025
