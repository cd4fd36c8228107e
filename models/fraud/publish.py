"""What the fraud model publishes: the table `gold/fct_fraud_alerts`."""

from datetime import date, datetime, timedelta

import polars as pl

from features.store import Store
from models.fraud.dataset import PaymentDataset, reviewable, with_features
from models.fraud.inputs import MODEL, FraudInputs
from models.fraud.predict import rank
from models.fraud.velocity import VELOCITY
from models.registry import ModelRegistry
from quality.contract import contract

_LOOK_BACK_DAYS = 7
"""On a day without payments the last day that had any is reviewed, within a week: after a long
weekend there is one, and an older payment can no longer be stopped."""


def publish(
    inputs: FraudInputs, store: Store, registry: ModelRegistry, *, as_of: date, now: datetime
) -> pl.DataFrame:
    """The payments to review first, of the last day on which any were started.

    Args:
        inputs: payments and customers as known at the end of `as_of`.
        store: the feature store of the same lake.
        registry: where the champion is stored; the rules rank where there is none.
        as_of: the day of the run; nothing later is known.
        now: the wall clock, for `recorded_at`.

    Returns:
        At most `REVIEWS_A_DAY` rows, one per payment, in the columns of the contract
        `fct_fraud_alerts`. Payments that were reported as fraud already are left out.
    """
    schema = contract("fct_fraud_alerts").schema
    payments = _unreported_of_last_day(reviewable(inputs, as_of=as_of), as_of)
    if payments.is_empty():
        return pl.DataFrame(schema=schema)
    champion = registry.champion(MODEL)
    data = (
        PaymentDataset(payments, VELOCITY, {})
        if champion is None
        else with_features(payments, store)
    )
    ranked = rank(data, champion)
    rows = ranked.frame.with_columns(
        as_of=pl.lit(as_of),
        initiated_at="event_timestamp",
        model=pl.lit(ranked.model),
        model_version=pl.lit(ranked.version),
        recorded_at=pl.lit(now),
    )
    return rows.select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def _unreported_of_last_day(payments: pl.DataFrame, as_of: date) -> pl.DataFrame:
    recent = payments.filter(pl.col("date") > as_of - timedelta(days=_LOOK_BACK_DAYS))
    return recent.filter(
        (pl.col("date") == pl.col("date").max()) & pl.col("fraud_reported_at").is_null()
    )
