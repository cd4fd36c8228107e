"""The door between tables and estimators: decimals and flags become floats here."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray


def matrix(frame: pl.DataFrame, features: Sequence[str]) -> NDArray[np.float64]:
    """Rows x features as floats, in the order of `features`; unknown is NaN."""
    chosen = frame.select(pl.col(name).cast(pl.Float64) for name in features)
    return np.asarray(chosen.fill_null(float("nan")).to_numpy(), dtype=np.float64)
