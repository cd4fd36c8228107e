"""Training: choose a method on earlier weeks, judge it on later ones, then train on all weeks."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.card import ModelCard
from models.collections.baseline import BASELINE, base_rate, base_rates
from models.collections.dataset import DebtDataset
from models.collections.evaluate import JUDGED_BY, scores
from models.collections.inputs import MODEL, PAID_WITHIN_DAYS
from models.collections.methods import METHODS
from models.feature_matrix import feature_matrix
from models.metrics import brier
from models.registry import Candidate
from models.splits import Split, whole_history_split

_JUDGED_DAYS, _CHOICE_DAYS = 35, 28
"""Days that the model is judged on, and before them days that the method is chosen on: five and
four whole weeks, so that each holds the end of one month."""

_LEAST_OF_EACH = 10
"""Fewer debts than this that were paid, or that were not, say nothing."""


def train(data: DebtDataset, *, as_of: date, seed: int, code: str) -> Candidate | None:
    """A candidate, or None where too few debts are known to learn from or to be judged by.

    Args:
        data: debts at snapshots whose outcome is known, with their features.
        as_of: the day of the run; nothing later is known.
        seed: of the trees.
        code: digest of the model's code, for the card.
    """
    first, last = data.frame["date"].min(), data.frame["date"].max()
    if not (isinstance(first, date) and isinstance(last, date)):
        return None
    judged = _split(first, last, _JUDGED_DAYS)
    trained, test = judged.parts(data.frame)
    if not (_enough(trained) and _enough(test)):
        return None
    method = _choose(data, _split(first, judged.train_to, _CHOICE_DAYS), seed)
    fitted = _fit(method, trained, data.features, seed)
    card = _card(
        data,
        judged,
        method,
        scores(_outcome(test), propensity(fitted, test, data.features)),
        scores(_outcome(test), base_rate(test, base_rates(trained))),
        as_of=as_of,
        seed=seed,
        code=code,
    )
    return Candidate(card, {"propensity": _fit(method, data.frame, data.features, seed)})


def propensity(
    estimator: Any, debts: pl.DataFrame, features: tuple[str, ...]
) -> NDArray[np.float64]:
    """The estimator's probability that each debt is paid in time."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return np.asarray(estimator.predict_proba(feature_matrix(debts, features))[:, 1])


def _choose(data: DebtDataset, choice: Split, seed: int) -> str:
    """The method that did best on the weeks before those it is judged on; the simplest if none."""
    names = list(METHODS)
    trained, test = choice.parts(data.frame)
    if not (_enough(trained) and _enough(test)):
        return names[0]
    score = {}
    for name in names:
        fitted = _fit(name, trained, data.features, seed)
        score[name] = brier(_outcome(test), propensity(fitted, test, data.features))
    return min(names, key=lambda name: score[name])


def _fit(method: str, debts: pl.DataFrame, features: tuple[str, ...], seed: int) -> Any:
    from threadpoolctl import threadpool_limits

    # So few rows cost more in waiting for each other's threads than in work, most of all on a
    # machine with other things to do.
    with threadpool_limits(1):
        return METHODS[method](seed).fit(feature_matrix(debts, features), _outcome(debts))


def _outcome(debts: pl.DataFrame) -> NDArray[np.float64]:
    return np.asarray(debts["is_paid"].cast(pl.Float64).to_numpy())


def _enough(debts: pl.DataFrame) -> bool:
    paid = int(debts["is_paid"].sum())
    return min(paid, debts.height - paid) >= _LEAST_OF_EACH


def _split(first: date, last: date, test_days: int) -> Split:
    return whole_history_split(first, last, delay_days=PAID_WITHIN_DAYS, test_days=test_days)


def _card(
    data: DebtDataset,
    split: Split,
    method: str,
    model_scores: Mapping[str, float],
    baseline_scores: Mapping[str, float],
    *,
    as_of: date,
    seed: int,
    code: str,
) -> ModelCard:
    return ModelCard(
        model=MODEL,
        as_of=as_of,
        method=method,
        baseline=BASELINE,
        data="weekly snapshots of overdue debts, and the features of collections_v1",
        table_versions={f"features/{name}": v for name, v in data.versions.items()},
        rows=data.frame.height,
        split=str(split),
        label_delay_days=split.delay_days,
        features=data.features,
        seed=seed,
        code=code,
        judged_by=JUDGED_BY,
        higher_is_better=False,
        scores=dict(model_scores),
        baseline_scores=dict(baseline_scores),
        notes=_NOTES,
    )


_NOTES = (
    (
        "The probability is that of debts as they were treated so far, contacts included, not "
        "the effect of a contact."
    ),
    "A debt is in several weekly snapshots, so that rows hang together; the split is by time.",
    (
        "Which debts were overdue in the past comes from the days of receipt as known now; the "
        "stored features are as known at the time."
    ),
    (
        "The method was chosen on the weeks before those it is judged on; what publishes has then "
        "learned from all snapshots whose outcome is known."
    ),
)
