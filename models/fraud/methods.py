"""The estimators that compete: a logistic regression and a random forest."""

from collections.abc import Callable, Mapping
from typing import Any


def logistic(seed: int) -> Any:
    """Logistic regression on standardised features."""
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        StandardScaler(),
        LogisticRegression(C=0.3, max_iter=500, random_state=seed),
    )


def forest(seed: int, trees: int = 150, depth: int | None = 12, leaf: int = 2) -> Any:
    """Random forest; classes are not reweighted, so that its score stays a share of frauds."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline

    return make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        RandomForestClassifier(
            n_estimators=trees, max_depth=depth, min_samples_leaf=leaf, random_state=seed, n_jobs=1
        ),
    )


METHODS: Mapping[str, Callable[[int], Any]] = {
    "logistic_regression": logistic,
    "random_forest": forest,
}
"""Name of each method and what makes an untrained estimator of it from a seed."""
