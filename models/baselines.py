"""Forecasts that a model has to beat: what anybody would do without one."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def seasonal_naive(history: Floats, horizon: int, season: int = 28) -> Floats:
    """The same day of the last season: four weeks keep the weekday and nearly the month.

    With less than one season of history the last week repeats, and with less than a week the mean.

    Args:
        history: days x series, in time order.
        horizon: days ahead.
        season: days of one season.

    Returns:
        Days ahead x series.
    """
    days, series = history.shape
    if days == 0:
        return np.zeros((horizon, series))
    length = next((length for length in (season, 7) if days >= length), 0)
    if not length:
        return np.repeat(history.mean(axis=0, keepdims=True), horizon, axis=0)
    return np.asarray(history[-length:][np.arange(horizon) % length])


def baseline_name(days: int, season: int = 28) -> str:
    """What `seasonal_naive` does with so many days of history, for the column `model`."""
    length = next((length for length in (season, 7) if days >= length), 0)
    return f"seasonal_naive_{length}" if length else "mean_of_days"
