"""The estimators that compete; both give calibrated probabilities."""

from collections.abc import Callable, Mapping
from typing import Any


def logistic(seed: int) -> Any:
    """Logistic regression on standardised features; calibrated by its own likelihood."""
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        StandardScaler(),
        LogisticRegression(max_iter=500, random_state=seed),
    )


def boosted(seed: int) -> Any:
    """Small boosted trees, calibrated by Platt's sigmoid on held-out thirds."""
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline

    trees = HistGradientBoostingClassifier(
        max_iter=60, learning_rate=0.08, max_leaf_nodes=12, min_samples_leaf=40,
        l2_regularization=1.0, random_state=seed,
    )  # fmt: skip
    # The trees take a gap in a column as it is, but fail on a column that is nothing but gaps.
    return make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        CalibratedClassifierCV(trees, method="sigmoid", cv=3),
    )


METHODS: Mapping[str, Callable[[int], Any]] = {
    "logistic_regression": logistic,
    "boosted_trees": boosted,
}
"""Name of each method and what makes an untrained estimator of it from a seed."""
