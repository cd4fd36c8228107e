"""The rate at which debts of the same age were paid: the baseline that a model has to beat."""

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

BASELINE = "base_rate"
BUCKETS = (7, 14, 30, 60, 90)
"""Upper bounds, in days past due, of the age buckets, as arrears reports have them: a week, two,
then 30, 60 and 90 days; the last bucket has none."""


def base_rates(debts: pl.DataFrame) -> Mapping[int, float]:
    """Share of debts paid in time, by number of the age bucket; (paid + 1) / (all + 2).

    A bucket without any history is not in it.
    """
    counted = debts.group_by(_bucket().alias("bucket")).agg(
        pl.col("is_paid").sum().alias("paid"), pl.len().alias("all")
    )
    return {bucket: (paid + 1) / (every + 2) for bucket, paid, every in counted.rows()}


def base_rate(debts: pl.DataFrame, rates: Mapping[int, float]) -> NDArray[np.float64]:
    """The rate of each debt's bucket; a half where there is no history at all."""
    mean_rate = sum(rates.values()) / len(rates) if rates else 0.5
    buckets = debts.select(_bucket()).to_series()
    return np.array([rates.get(bucket, mean_rate) for bucket in buckets], dtype=np.float64)


def _bucket() -> pl.Expr:
    exceeded = (pl.col("days_past_due") > bound for bound in BUCKETS)
    return pl.sum_horizontal(each.cast(pl.Int64) for each in exceeded).cast(pl.Int64)
