"""Figures that judge a forecast or a score; plain NumPy, each with the source of its formula."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def wape(actual: Floats, forecast: Floats) -> float:
    """Weighted absolute percentage error: sum of absolute errors over sum of absolute actuals."""
    scale = float(np.abs(actual).sum())
    return float(np.abs(actual - forecast).sum()) / scale if scale else float("nan")


def mae(actual: Floats, forecast: Floats) -> float:
    """Mean absolute error."""
    return float(np.abs(actual - forecast).mean())


def mase(actual: Floats, forecast: Floats, history: Floats, season: int) -> float:
    """Mean absolute scaled error (Hyndman and Koehler, 2006): MAE over that of a seasonal naive.

    `history` is the training series in time order, from which the scale is taken.
    """
    scale = float(np.abs(history[season:] - history[:-season]).mean())
    return mae(actual, forecast) / scale if scale else float("nan")


def pinball(actual: Floats, quantile: Floats, level: float) -> float:
    """Pinball loss of a quantile forecast at `level` (Koenker and Bassett, 1978)."""
    error = actual - quantile
    return float(np.maximum(level * error, (level - 1) * error).mean())


def coverage(actual: Floats, low: Floats, high: Floats) -> float:
    """Share of actuals inside their interval, bounds included."""
    return float(((actual >= low) & (actual <= high)).mean())


def brier(outcome: Floats, probability: Floats) -> float:
    """Mean squared error of a probability (Brier, 1950)."""
    return float(((outcome - probability) ** 2).mean())


def calibration_error(outcome: Floats, probability: Floats, bins: int = 10) -> float:
    """Expected calibration error over bins of equal count: mean gap of stated and seen rate."""
    order = np.argsort(probability, kind="stable")
    gaps = [
        len(part) * abs(float(outcome[part].mean()) - float(probability[part].mean()))
        for part in np.array_split(order, bins)
        if len(part)
    ]
    return float(sum(gaps) / len(outcome))


def average_precision(outcome: Floats, score: Floats) -> float:
    """Area under precision over recall, as a step function; ties are taken together."""
    positives = float(outcome.sum())
    if not positives:
        return float("nan")
    order = np.argsort(-score, kind="stable")
    sorted_score, hits = score[order], np.cumsum(outcome[order])
    last_of_tie = np.append(np.nonzero(np.diff(sorted_score))[0], len(score) - 1)
    found = hits[last_of_tie]
    precision = found / (last_of_tie + 1)
    return float(np.sum(np.diff(np.append(0.0, found)) * precision) / positives)


def roc_auc(outcome: Floats, score: Floats) -> float:
    """Probability that a positive scores above a negative, ties counting half (Mann-Whitney)."""
    positives = float(outcome.sum())
    negatives = len(outcome) - positives
    if not positives or not negatives or np.isnan(score).any():
        return float("nan")
    _, place, ties = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(ties) - (ties - 1) / 2)[place]  # equal scores share their mean rank
    above = float(ranks[outcome == 1].sum()) - positives * (positives + 1) / 2
    return above / (positives * negatives)


def precision_at(outcome: Floats, score: Floats, budget: int) -> float:
    """Share of true positives among the `budget` highest scores; ties fall in input order."""
    chosen = np.argsort(-score, kind="stable")[:budget]
    return float(outcome[chosen].mean()) if len(chosen) else float("nan")


def card_precision_at(
    outcome: Floats, score: Floats, holder: NDArray[Any], day: NDArray[Any], budget: int
) -> float:
    """Mean over days of the share of compromised holders among the `budget` looked at that day.

    A holder's score is the highest of the day. A holder found compromised on an earlier day is not
    looked at again (Fraud Detection Handbook, chapter 4).
    """
    import polars as pl

    rows = pl.DataFrame({"day": day, "holder": holder, "score": score, "outcome": outcome})
    daily = rows.group_by("day", "holder").agg(pl.max("score"), pl.max("outcome")).sort("day")
    known: set[Any] = set()
    shares = []
    for _, group in daily.group_by("day", maintain_order=True):
        fresh = group.filter(~pl.col("holder").is_in(list(known)))
        looked = fresh.sort(["score", "holder"], descending=[True, False]).head(budget)
        found = looked.filter(pl.col("outcome") == 1)["holder"]
        shares.append(len(found) / budget)
        known.update(found)
    return float(np.mean(shares)) if shares else float("nan")
