"""Conformal intervals: as wide as the errors of the forecast from earlier origins."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FEWEST_ORIGINS = 3
"""With fewer origins a conformal quantile is no more than their largest error; `rough_widths` is
used instead."""

_ROUGH = {0.90: 2.5, 0.80: 1.8, 0.50: 1.0}
"""Widths in spreads of a day by share to cover: about one and a half times the normal quantiles
(1.64, 1.28, 0.67), for the spread of a few days understates that of a month."""


def width(errors: Floats, horizon: int, share: float) -> Floats:
    """Half-width of the interval that covers `share` of the cumulated flow at one horizon.

    The conformal quantile (Vovk et al., 2005) of the absolute errors at the horizon and at those
    within a quarter of it, brought to it by the square root of their ratio. The level is raised
    for the number of origins, not of errors, because errors of one origin are alike; beyond what
    the origins can say, the width grows by one part in so many origins.

    Args:
        errors: origins x horizons x levels, cumulated; NaN past the end of history.
        horizon: days ahead, from 1.
        share: of outcomes to cover.

    Returns:
        One width for each level; NaN where no origin reaches the horizon.
    """
    near = np.arange(int(np.ceil(horizon * 0.75)), int(horizon * 1.25) + 1)
    near = near[near <= errors.shape[1]]
    reaching = int((~np.isnan(errors[:, horizon - 1, 0])).sum())
    if not reaching:
        return np.full(errors.shape[2], np.nan)
    scaled = np.abs(errors[:, near - 1]) * np.sqrt(horizon / near)[None, :, None]
    level = min(1.0, share * (1 + 1 / reaching))
    flat = scaled.reshape(-1, errors.shape[2])
    flat = flat[~np.isnan(flat[:, 0])]
    beyond = max(1.0, share * (1 + 1 / reaching))
    return np.asarray(np.quantile(flat, level, axis=0, method="higher") * beyond)


def growing_widths(errors: Floats, horizon: int, share: float) -> Floats:
    """`width` for all days up to a horizon: never narrower than the day before.

    Past the longest horizon that an origin reaches, the width grows in proportion to the days.

    Returns:
        Days x levels.
    """
    reached = int((~np.isnan(errors[:, :, 0])).any(axis=0).sum())
    widths = np.zeros((horizon, errors.shape[2]))
    for day in range(1, horizon + 1):
        if day <= reached:
            widths[day - 1] = width(errors, day, share)
        else:
            widths[day - 1] = widths[reached - 1] * day / reached
    return np.asarray(np.maximum.accumulate(widths, axis=0))


def daily_widths(errors: Floats, alike: NDArray[np.bool_], share: float) -> Floats:
    """Half-width for the flow of a single day, from all errors on days alike.

    Args:
        errors: origins x horizons x levels, by day; NaN past the end of history.
        alike: origins x horizons; which days count.
        share: of outcomes to cover.
    """
    chosen = np.abs(errors[alike & ~np.isnan(errors[:, :, 0])])
    if not len(chosen):
        return np.zeros(errors.shape[2])
    level = min(1.0, share * (1 + 1 / len(errors)))
    return np.asarray(np.quantile(chosen, level, axis=0, method="higher"))


def rough_widths(flows: Floats, horizon: int, share: float) -> Floats:
    """Half-widths where history is too short to calibrate: wide, and growing with every day.

    As if each day missed by the spread or size of a day's flow, whichever is larger, and always to
    the same side.

    Args:
        flows: days of history x levels.
        horizon: days ahead.
        share: of outcomes to cover.

    Returns:
        Days x levels.
    """
    if not len(flows):
        return np.zeros((horizon, flows.shape[1]))
    spread = np.maximum(flows.std(axis=0), np.abs(flows).mean(axis=0))
    return np.asarray(np.arange(1, horizon + 1)[:, None] * spread[None, :] * _ROUGH[share])
