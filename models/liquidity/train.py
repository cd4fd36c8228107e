"""Training: one ridge regression over all lines, judged from every other week of the past."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import models
from models.card import ModelCard
from models.liquidity.dataset import CashBook, Line
from models.liquidity.design import FEATURES, Design, design
from models.liquidity.evaluate import baseline_errors, errors, origins, scores
from models.liquidity.inputs import HORIZON, MODEL
from models.liquidity.intervals import FEWEST_ORIGINS
from models.liquidity.levels import levels
from models.shelf import Candidate, code_digest

Floats = NDArray[np.float64]

WARM_UP = 56
"""Days of history before the first origin of the back-test."""

EVERY = 14
"""Days between origins: whole weeks, so that a season is never cut."""

_FIRST_LOOK = 28
METHOD = "ridge_regression"

RIDGE = 100.0
"""Weight of the penalty on coefficients of standardised features."""


def code() -> str:
    """Digest of the sources that make the model."""
    root = Path(models.__file__).parent
    return code_digest(root / MODEL)


def train(book: CashBook, *, seed: int) -> Candidate | None:
    """Train on all history and judge on rolling origins; None where history is too short.

    Every origin of the back-test has a model of its own, that saw nothing later. The errors are
    kept beside the final model: they are what its intervals are made of.
    """
    starts = origins(book, every=EVERY, warm_up=WARM_UP)
    if len(starts) < FEWEST_ORIGINS or not np.any(book.flows):
        return None
    seen: dict[int, Design] = {}
    missed = errors(book, lambda origin: _forecast_anew(book, origin, seen, seed), starts)
    of = levels(book)
    ours, theirs = (
        scores(book, of, found, starts) for found in (missed, baseline_errors(book, starts))
    )
    final = _fit(book, len(book.flows) - 1, seen, seed)
    card = _card(book, starts, ours, theirs, seed)
    return Candidate(card, {"flows": final, "back_test": back_test(book, starts, missed)})


def back_test(book: CashBook, starts: list[int], missed: Floats) -> dict[str, Any]:
    """Errors in a form that the shelf keeps: plain lists and one array."""
    return {
        "lines": ["\t".join(line) for line in book.lines],
        "origins": [book.days.day(origin).isoformat() for origin in starts],
        "errors": missed,
    }


def lines_of(kept: Mapping[str, Any]) -> dict[Line, int]:
    """Place of each line in a kept back-test."""
    return {Line(*text.split("\t")): index for index, text in enumerate(kept["lines"])}


def flows_ahead(book: CashBook, estimator: Any, origin: int, horizon: int) -> Floats:
    """Expected flow of each day after `origin` and line, in the line's currency."""
    return _predict(estimator, design(book, origin, horizon))


def _predict(estimator: Any, seen: Design) -> Floats:
    days, lines, features = seen.features.shape
    rows = seen.features.reshape(-1, features)
    found = np.asarray(estimator.predict(rows)).reshape(days, lines)
    return np.asarray(np.where(seen.possible, found, 0.0) * seen.scale)


def _forecast_anew(book: CashBook, origin: int, seen: dict[int, Design], seed: int) -> Floats:
    return flows_ahead(book, _fit(book, origin, seen, seed), origin, HORIZON)


def _fit(book: CashBook, until: int, seen: dict[int, Design], seed: int) -> Any:
    """Fit on what earlier origins saw and what followed up to day `until`."""
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    inputs, targets, weights = [], [], []
    for origin in range(_FIRST_LOOK - 1, until - 6, EVERY):
        if origin not in seen:
            seen[origin] = design(book, origin, HORIZON)
        look = seen[origin]
        actual = book.flows[origin + 1 : min(origin + HORIZON, until) + 1]
        moving = look.scale > 0
        inputs.append(look.features[: len(actual), moving].reshape(-1, len(FEATURES)))
        targets.append((actual[:, moving] / look.scale[moving]).reshape(-1))
        weights.append(np.tile(look.scale[moving] * book.rates[moving], len(actual)))
    estimator = make_pipeline(StandardScaler(), Ridge(alpha=RIDGE))
    return estimator.fit(
        np.concatenate(inputs),
        np.concatenate(targets),
        ridge__sample_weight=np.concatenate(weights),
    )


def _card(
    book: CashBook,
    starts: list[int],
    ours: dict[str, float],
    theirs: dict[str, float],
    seed: int,
) -> ModelCard:
    first, last = book.days.first, book.days.day(len(book.flows) - 1)
    return ModelCard(
        model=MODEL,
        as_of=book.as_of,
        method=METHOD,
        baseline="seasonal_naive_28",
        data=f"bank movements of {len(book.lines)} lines from {first} to {last}",
        synthetic=True,
        table_versions={},
        rows=int(np.count_nonzero(book.flows)),
        split=f"{len(starts)} rolling origins, {EVERY} days apart, up to {HORIZON} days ahead",
        label_delay_days=0,
        features=FEATURES,
        seed=seed,
        code=code(),
        judged_by="balance_mae",
        higher_is_better=False,
        scores=ours,
        baseline_scores=theirs,
        notes=(
            "Amounts are in the base currency at the latest rates.",
            (
                "Coverage is that of balances, by intervals made from the other origins alone; the "
                "longest horizons are reached by few origins, whose days overlap."
            ),
            (
                "Instalments count as agreed from the first due day of their policy or loan; those "
                "cancelled later are left out of the past too."
            ),
            "The categories of past movements are those known today.",
        ),
    )
