"""Payments with their features as known when each was initiated."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import polars as pl

from features.history import training_frame
from features.store import Store
from models.fraud.inputs import SERVICE, FraudInputs
from models.fraud.velocity import VELOCITY, with_velocity


@dataclass(frozen=True, slots=True)
class PaymentDataset:
    """One row per payment with its features, and the Delta versions of the feature tables.

    `frame` has `payment_id`, `customer_id`, `counterparty_id`, `amount`, `currency`,
    `amount_base`, `event_timestamp` (when it was initiated), `date`, `fraud_reported_at` and the
    columns named in `features`.
    """

    frame: pl.DataFrame
    features: tuple[str, ...]
    versions: Mapping[str, int]


def end_of(day: date) -> datetime:
    """The first moment after a day."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def reviewable(inputs: FraudInputs, *, as_of: date) -> pl.DataFrame:
    """Incoming payments started on a payer's device: one row per payment, with `VELOCITY`.

    Payments that we start ourselves (refunds, pay-outs, direct debits) are left out. So is all that
    happened to a payment after it was initiated, except `fraud_reported_at`.
    """
    home = inputs.customers.select("customer_id", home_country="country").unique("customer_id")
    started = inputs.payments.filter(
        (pl.col("direction") == "incoming")
        & pl.col("device_id").is_not_null()
        & (pl.col("initiated_at") < end_of(as_of))
    )
    payer = ("customer_id", "counterparty_account", "counterparty_name", "payment_id")
    chosen = started.select(
        "payment_id",
        "customer_id",
        "device_id",
        "country",
        "channel",
        "amount",
        "currency",
        "amount_base",
        "fraud_reported_at",
        event_timestamp="initiated_at",
        date=pl.col("initiated_at").dt.date(),
        counterparty_id=pl.coalesce("counterparty_account", "counterparty_name"),
        payer_id=pl.coalesce(payer),
    )
    return with_velocity(chosen.join(home, on="customer_id", how="left"))


def with_features(payments: pl.DataFrame, store: Store) -> PaymentDataset:
    """The payments with the feature store's features as known when each was initiated."""
    known = training_frame(store, payments, SERVICE)
    return PaymentDataset(known.frame, (*VELOCITY, *known.features), known.versions)


def is_known_fraud(moment: datetime) -> pl.Expr:
    """Whether a payment had been reported as fraud by a moment."""
    return (pl.col("fraud_reported_at") <= moment).fill_null(value=False)
