"""Training: one ridge regression on the calendar for all series, back-tested on rolling origins."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.baselines import baseline_name, seasonal_naive
from models.card import ModelCard
from models.liquidity.dataset import CashFlowMatrix, Series
from models.liquidity.design import FEATURES, calendar_columns, never_on_closed_days
from models.liquidity.evaluate import baseline_errors, flow_errors, origins, scores
from models.liquidity.inputs import HORIZON, MODEL
from models.liquidity.intervals import FEWEST_ORIGINS
from models.liquidity.levels import levels_of
from models.registry import Candidate, code_digest

Floats = NDArray[np.float64]

METHOD = "ridge_on_calendar"

WARM_UP = 56
"""Days of history before the first origin of the back-test: two months' ends at least."""

EVERY = 7
"""Days between origins: a week, so that all of them stand on the same weekday."""

MOST_ORIGINS = 40
"""The latest so many judge: older days say little about today, and each costs a training."""

RIDGE = 5.0
"""Penalty: the effect of a weekday or day of the month is halved when it occurred five times, and
shrunk less the more often it occurred."""

HALF_LIFE = 90.0
"""Days after which a day of history counts half: a quarter, the period in which payment plans,
salaries and taxes repeat at least once."""


def code() -> str:
    """Digest of the sources that make the model."""
    here = Path(__file__).parent
    return code_digest(here)


def train(matrix: CashFlowMatrix, *, seed: int) -> Candidate | None:
    """Train on all history and judge on rolling origins; None where history is too short.

    Every origin of the back-test has a model of its own that saw nothing later. Its errors are
    kept beside the final model: they are what the intervals are made of. Nothing is random here;
    `seed` is only written down.
    """
    starts = origins(matrix, every=EVERY, warm_up=WARM_UP)[-MOST_ORIGINS:]
    if len(starts) < FEWEST_ORIGINS or not np.any(matrix.flows):
        return None
    errors = flow_errors(matrix, lambda origin: _forecast_anew(matrix, origin), starts)
    levels = levels_of(matrix)
    card = _card(
        matrix,
        starts,
        scores(matrix, levels, errors, starts),
        scores(matrix, levels, baseline_errors(matrix, starts), starts),
    )
    card = replace(card, seed=seed)
    back_test = {
        "lines": ["\t".join(series) for series in matrix.all_series],
        "origins": [matrix.days.day(origin).isoformat() for origin in starts],
        "errors": errors,
    }
    return Candidate(card, {"flows": _fit(matrix, len(matrix.flows)), "back_test": back_test})


def series_positions(back_test: Mapping[str, Any]) -> dict[Series, int]:
    """Position of each series in a stored back-test, and in the estimator that came with it."""
    return {Series(*text.split("\t")): index for index, text in enumerate(back_test["lines"])}


def flows_ahead(matrix: CashFlowMatrix, champion: Mapping[str, Any], horizon: int) -> Floats:
    """Expected flows of the days after history: days x series, in the series' currency.

    The baseline forecasts a series that the champion was not trained on.
    """
    expected = seasonal_naive(matrix.flows, horizon)
    predicted = _predict(matrix, champion["flows"], len(matrix.flows), horizon)
    position = series_positions(champion["back_test"])
    for index, series in enumerate(matrix.all_series):
        if series in position:
            expected[:, index] = predicted[:, position[series]]
    never = never_on_closed_days(matrix.flows, matrix.days)
    return _zero_on_closed_days(matrix, expected, never, len(matrix.flows))


def _forecast_anew(matrix: CashFlowMatrix, origin: int) -> Floats:
    past = origin + 1
    predicted = _predict(matrix, _fit(matrix, past), past, HORIZON)
    never = never_on_closed_days(matrix.flows[:past], matrix.days)
    return _zero_on_closed_days(matrix, predicted, never, past)


def _predict(matrix: CashFlowMatrix, estimator: Any, past: int, horizon: int) -> Floats:
    predicted = estimator.predict(calendar_columns(matrix.days)[past : past + horizon])
    return np.asarray(predicted).reshape(horizon, -1)


def _zero_on_closed_days(
    matrix: CashFlowMatrix, expected: Floats, never: NDArray[np.bool_], past: int
) -> Floats:
    """Expect nothing on closed days of the series that `never` moved on one."""
    closed = matrix.days.is_business[past : past + len(expected)] == 0
    return np.asarray(np.where(closed[:, None] & never[None, :], 0.0, expected))


def _fit(matrix: CashFlowMatrix, past: int) -> Any:
    """Fit on the first `past` days of the history."""
    from sklearn.linear_model import Ridge

    age = np.arange(past)[::-1]
    return Ridge(alpha=RIDGE).fit(
        calendar_columns(matrix.days)[:past],
        matrix.flows[:past],
        sample_weight=0.5 ** (age / HALF_LIFE),
    )


def _card(
    matrix: CashFlowMatrix,
    starts: list[int],
    model_scores: dict[str, float],
    baseline_scores: dict[str, float],
) -> ModelCard:
    first, last = matrix.days.first, matrix.days.day(len(matrix.flows) - 1)
    return ModelCard(
        model=MODEL,
        as_of=matrix.as_of,
        method=METHOD,
        baseline=baseline_name(len(matrix.flows)),
        data=f"bank movements of {len(matrix.all_series)} series from {first} to {last}",
        rows=int(np.count_nonzero(matrix.flows)),
        split=f"{len(starts)} rolling origins, {EVERY} days apart, up to {HORIZON} days ahead",
        label_delay_days=0,
        features=FEATURES,
        seed=0,
        code=code(),
        judged_by="balance_mae",
        higher_is_better=False,
        scores=model_scores,
        baseline_scores=baseline_scores,
        notes=NOTES,
    )


NOTES = (
    "Amounts are in the base currency at the latest rates.",
    (
        "Coverage is that of balances, by intervals made from other origins; as of origin: from "
        "those whose outcome was known by then."
    ),
    "The longest horizons are reached by few origins, and the days of neighbours overlap.",
    (
        "Scheduled instalments were tried as features and did not lower the error; they are shown "
        "beside the forecast as known_amount."
    ),
    "The categories of past movements are those known today.",
)
