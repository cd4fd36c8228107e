"""What the fraud model reads, and the numbers that define it."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

MODEL = "fraud"
SERVICE = "fraud_v1"
"""The feature service whose features the model reads."""

REVIEWS_A_DAY = 20
"""Payments that people review in a day: an assumption, one analyst at some twenty minutes each."""

HISTORY_DAYS = 182
"""Days of payments to learn from: 26 weeks, for patterns of fraud change within months."""

LABEL_DELAY_DAYS = 21
"""Days until four of five frauds are reported (the demo reports after 5 to 25 days): a younger
payment without a report is not yet known to be honest."""

INPUTS: Mapping[str, str] = {
    "payments": "gold/fct_payments",
    "customers": "gold/dim_customer",
}


@dataclass(frozen=True, slots=True)
class FraudInputs:
    """The tables of `INPUTS` as frames, as known at the end of one and the same day."""

    payments: pl.DataFrame
    customers: pl.DataFrame
