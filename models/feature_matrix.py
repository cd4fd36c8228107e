"""Feature columns as the matrix of floats that an estimator reads; decimals end here."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray


def feature_matrix(frame: pl.DataFrame, features: Sequence[str]) -> NDArray[np.float64]:
    """Rows x features as floats, in the order of `features`; unknown is NaN."""
    columns = frame.select(pl.col(name).cast(pl.Float64) for name in features)
    return np.asarray(columns.fill_null(float("nan")).to_numpy(), dtype=np.float64)
