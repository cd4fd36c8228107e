"""Training: one ridge regression on the calendar for all lines, judged week by week in the past."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.baselines import baseline_name, seasonal_naive
from models.card import ModelCard
from models.liquidity.dataset import CashBook, Line
from models.liquidity.design import FEATURES, calendar_columns, never_on_closed_days
from models.liquidity.evaluate import baseline_errors, errors, origins, scores
from models.liquidity.inputs import HORIZON, MODEL
from models.liquidity.intervals import FEWEST_ORIGINS
from models.liquidity.levels import levels
from models.registry import Candidate, code_digest

Floats = NDArray[np.float64]

METHOD = "ridge_on_calendar"

WARM_UP = 56
"""Days of history before the first origin of the back-test: two months' ends at least."""

EVERY = 7
"""Days between origins."""

MOST_ORIGINS = 40
"""The latest so many judge: older days say little about today, and each costs a training."""

RIDGE = 5.0
"""Penalty: a weekday or day of the month counts fully after some five occurrences."""


HALF_LIFE = 90.0
"""Days after which a day of history counts half."""


def code() -> str:
    """Digest of the sources that make the model."""
    here = Path(__file__).parent
    return code_digest(here)


def train(book: CashBook, *, seed: int) -> Candidate | None:
    """Train on all history and judge on rolling origins; None where history is too short.

    Every origin of the back-test has a model of its own that saw nothing later. Its errors are
    kept beside the final model: they are what the intervals are made of. Nothing is random here;
    `seed` is only written down.
    """
    starts = origins(book, every=EVERY, warm_up=WARM_UP)[-MOST_ORIGINS:]
    if len(starts) < FEWEST_ORIGINS or not np.any(book.flows):
        return None
    missed = errors(book, lambda origin: _forecast_anew(book, origin), starts)
    theirs = baseline_errors(book, starts)
    of = levels(book)
    judged = [scores(book, of, found, starts) for found in (missed, theirs)]
    card = _card(book, starts, *judged)
    card = replace(card, seed=seed)
    kept = {
        "lines": ["\t".join(line) for line in book.lines],
        "origins": [book.days.day(origin).isoformat() for origin in starts],
        "errors": missed,
    }
    return Candidate(card, {"flows": _fit(book, len(book.flows)), "back_test": kept})


def lines_of(kept: Mapping[str, Any]) -> dict[Line, int]:
    """Place of each line in a kept back-test, and in the estimator that came with it."""
    return {Line(*text.split("\t")): index for index, text in enumerate(kept["lines"])}


def flows_ahead(book: CashBook, champion: Mapping[str, Any], horizon: int) -> Floats:
    """Expected flow of each day after the end of history and line, in the line's currency.

    A line that the champion never met is forecast by the baseline.
    """
    expected = seasonal_naive(book.flows, horizon)
    found = _predict(book, champion["flows"], len(book.flows), horizon)
    place = lines_of(champion["back_test"])
    for index, line in enumerate(book.lines):
        if line in place:
            expected[:, index] = found[:, place[line]]
    never = never_on_closed_days(book.flows, book.days)
    return _kept_closed(book, expected, never, len(book.flows))


def _forecast_anew(book: CashBook, origin: int) -> Floats:
    past = origin + 1
    found = _predict(book, _fit(book, past), past, HORIZON)
    return _kept_closed(book, found, never_on_closed_days(book.flows[:past], book.days), past)


def _predict(book: CashBook, estimator: Any, past: int, horizon: int) -> Floats:
    found = np.asarray(estimator.predict(calendar_columns(book.days)[past : past + horizon]))
    return found.reshape(horizon, -1)


def _kept_closed(book: CashBook, found: Floats, never: NDArray[np.bool_], past: int) -> Floats:
    closed = book.days.is_business[past : past + len(found)] == 0
    return np.asarray(np.where(closed[:, None] & never[None, :], 0.0, found))


def _fit(book: CashBook, past: int) -> Any:
    """Fit on the first `past` days of the book."""
    from sklearn.linear_model import Ridge

    age = np.arange(past)[::-1]
    return Ridge(alpha=RIDGE).fit(
        calendar_columns(book.days)[:past],
        book.flows[:past],
        sample_weight=0.5 ** (age / HALF_LIFE),
    )


def _card(
    book: CashBook,
    starts: list[int],
    ours: dict[str, float],
    theirs: dict[str, float],
) -> ModelCard:
    first, last = book.days.first, book.days.day(len(book.flows) - 1)
    return ModelCard(
        model=MODEL,
        as_of=book.as_of,
        method=METHOD,
        baseline=baseline_name(len(book.flows)),
        data=f"bank movements of {len(book.lines)} lines from {first} to {last}",
        rows=int(np.count_nonzero(book.flows)),
        split=f"{len(starts)} rolling origins, {EVERY} days apart, up to {HORIZON} days ahead",
        label_delay_days=0,
        features=FEATURES,
        seed=0,
        code=code(),
        judged_by="balance_mae",
        higher_is_better=False,
        scores=ours,
        baseline_scores=theirs,
        notes=NOTES,
    )


NOTES = (
    "Amounts are in the base currency at the latest rates.",
    "Coverage is that of balances, by intervals made from other origins; as lived: earlier ones.",
    "The longest horizons are reached by few origins, and the days of neighbours overlap.",
    (
        "Scheduled instalments were tried as features and did not lower the error; they are shown "
        "beside the forecast as known_amount."
    ),
    "The categories of past movements are those known today.",
)
