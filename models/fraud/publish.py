"""What the fraud model publishes: the table `gold/fct_fraud_alerts`."""

from datetime import date, datetime, timedelta

import polars as pl

from features.store import Store
from models.fraud.dataset import Dataset, reviewable, with_features
from models.fraud.inputs import MODEL, FraudInputs
from models.fraud.predict import rank
from models.fraud.velocity import VELOCITY
from models.registry import Shelf
from quality.contract import contract

_LOOK_BACK_DAYS = 7
"""On a day without payments the last day that had any is looked at, but none before these."""


def publish(
    inputs: FraudInputs, store: Store, shelf: Shelf, *, as_of: date, now: datetime
) -> pl.DataFrame:
    """The payments to look at first, of the last day on which any were started.

    Args:
        inputs: payments and customers as known at the end of `as_of`.
        store: the feature store of the same lake.
        shelf: where the champion stands; the rules rank where there is none.
        as_of: the day on which we stand.
        now: the wall clock, for `recorded_at`.

    Returns:
        At most `REVIEWS_A_DAY` rows in the columns of the contract `fct_fraud_alerts`. What has
        been reported already is not in it.
    """
    schema = contract("fct_fraud_alerts").schema
    waiting = _waiting(reviewable(inputs, as_of=as_of), as_of)
    if waiting.is_empty():
        return pl.DataFrame(schema=schema)
    champion = shelf.champion(MODEL)
    data = Dataset(waiting, VELOCITY, {}) if champion is None else with_features(waiting, store)
    ranked = rank(data, champion)
    rows = ranked.frame.with_columns(
        as_of=pl.lit(as_of),
        initiated_at="event_timestamp",
        model=pl.lit(ranked.model),
        model_version=pl.lit(ranked.version),
        recorded_at=pl.lit(now),
    )
    return rows.select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def _waiting(payments: pl.DataFrame, as_of: date) -> pl.DataFrame:
    recent = payments.filter(pl.col("date") > as_of - timedelta(days=_LOOK_BACK_DAYS))
    return recent.filter(
        (pl.col("date") == pl.col("date").max()) & pl.col("fraud_reported_at").is_null()
    )
