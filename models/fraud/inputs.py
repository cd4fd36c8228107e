"""What the fraud model reads, and the numbers that define it."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

MODEL = "fraud"
SERVICE = "fraud_v1"
"""The feature service whose features the model reads."""

REVIEWS_A_DAY = 20
"""Payments that people can look at in a day."""

HISTORY_DAYS = 182
"""Days of payments to learn from: 26 weeks."""

LABEL_DELAY_DAYS = 21
"""Days until most frauds are reported; a younger payment without a report proves nothing."""

INPUTS: Mapping[str, str] = {
    "payments": "gold/fct_payments",
    "customers": "gold/dim_customer",
}


@dataclass(frozen=True, slots=True)
class FraudInputs:
    """The tables of `INPUTS` as frames, as known at the end of one and the same day."""

    payments: pl.DataFrame
    customers: pl.DataFrame
