"""Training: choose a method on earlier weeks, judge it on later ones, then train on all weeks."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.card import ModelCard
from models.feature_matrix import feature_matrix
from models.fraud.dataset import PaymentDataset, end_of, is_known_fraud
from models.fraud.evaluate import JUDGED_BY, scores
from models.fraud.inputs import LABEL_DELAY_DAYS, MODEL
from models.fraud.methods import METHODS
from models.fraud.rules import BASELINE, rule_score
from models.metrics import average_precision
from models.registry import Candidate
from models.splits import Split, whole_history_split

_JUDGED_DAYS, _CHOICE_DAYS = 35, 28
"""Days that the model is judged on, and before them days that the method is chosen on: five and
four whole weeks, so that each holds the end of one month."""

_LEAST_FRAUDS = 5
"""Fewer frauds than this, to learn from or to be judged by, say nothing."""


def train(data: PaymentDataset, *, as_of: date, seed: int, code: str) -> Candidate | None:
    """A candidate, or None where too few frauds are known to learn from or to be judged by.

    Args:
        data: payments of the last weeks with their features.
        as_of: the day of the run; reports of later days are not known.
        seed: of the forest.
        code: digest of the model's code, for the card.
    """
    first = data.frame["date"].min()
    if not isinstance(first, date):
        return None
    mature = as_of - timedelta(days=LABEL_DELAY_DAYS)
    judged = _split(first, mature, _JUDGED_DAYS)
    trained, test = judged.parts(data.frame)
    outcome = _outcome(test, as_of)
    if min(_outcome(trained, _moment(judged)).sum(), outcome.sum()) < _LEAST_FRAUDS:
        return None
    method = _choose(data, _split(first, judged.train_to, _CHOICE_DAYS), judged, seed)
    fitted = _fit(method, trained, data.features, _moment(judged), seed)
    everything = data.frame.filter(pl.col("date") <= mature)
    card = _card(
        data,
        judged,
        method,
        scores(outcome, fraud_probability(fitted, test, data.features), test["date"]),
        scores(outcome, rule_score(test), test["date"]),
        as_of=as_of,
        seed=seed,
        code=code,
    )
    return Candidate(card, {"score": _fit(method, everything, data.features, as_of, seed)})


def fraud_probability(
    estimator: Any, payments: pl.DataFrame, features: tuple[str, ...]
) -> NDArray[np.float64]:
    """The estimator's probability of fraud for each payment."""
    return np.asarray(estimator.predict_proba(feature_matrix(payments, features))[:, 1])


def _choose(data: PaymentDataset, choice: Split, judged: Split, seed: int) -> str:
    """The method that did best on the weeks before those it is judged on; the simplest if none."""
    names = list(METHODS)
    trained, test = choice.parts(data.frame)
    outcome = _outcome(test, _moment(judged))
    if min(_outcome(trained, _moment(choice)).sum(), outcome.sum()) < _LEAST_FRAUDS:
        return names[0]
    score = {}
    for name in names:
        fitted = _fit(name, trained, data.features, _moment(choice), seed)
        score[name] = average_precision(outcome, fraud_probability(fitted, test, data.features))
    return max(names, key=lambda name: score[name])


def _fit(
    method: str, payments: pl.DataFrame, features: tuple[str, ...], moment: date, seed: int
) -> Any:
    return METHODS[method](seed).fit(feature_matrix(payments, features), _outcome(payments, moment))


def _outcome(payments: pl.DataFrame, moment: date) -> NDArray[np.float64]:
    known = payments.select(is_known_fraud(end_of(moment)).cast(pl.Float64)).to_series()
    return np.asarray(known.to_numpy())


def _moment(split: Split) -> date:
    """The last day whose reports are known when a split's model is trained."""
    return split.test_from - timedelta(days=1)


def _split(first: date, last: date, test_days: int) -> Split:
    return whole_history_split(first, last, delay_days=LABEL_DELAY_DAYS, test_days=test_days)


def _card(
    data: PaymentDataset,
    split: Split,
    method: str,
    model_scores: Mapping[str, float],
    baseline_scores: Mapping[str, float],
    *,
    as_of: date,
    seed: int,
    code: str,
) -> ModelCard:
    reported = int(_outcome(data.frame, as_of).sum())
    return ModelCard(
        model=MODEL,
        as_of=as_of,
        method=method,
        baseline=BASELINE,
        data="payments started on a device, and the features of fraud_v1",
        table_versions={f"features/{name}": v for name, v in data.versions.items()},
        rows=data.frame.height,
        split=str(split),
        label_delay_days=split.delay_days,
        features=data.features,
        seed=seed,
        code=code,
        judged_by=JUDGED_BY,
        higher_is_better=True,
        scores=dict(model_scores),
        baseline_scores=dict(baseline_scores),
        notes=(f"{reported} reported frauds; frauds that nobody reports count as honest.", *_NOTES),
    )


_NOTES = (
    "Simulated data flatter: such methods reach an average precision of some 0.1 on real cards.",
    (
        "The method was chosen on the weeks before those it is judged on; what publishes has then "
        "learned from all payments whose labels are mature."
    ),
    "The customer's own country is the one we know today.",
    (
        "Pace and device history count every earlier payment from the moment it began, as a "
        "hub that streams would know it."
    ),
)
