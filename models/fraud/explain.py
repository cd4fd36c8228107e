"""Reasons for a score: how far it falls when one feature of the payment takes its usual value."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from models.feature_matrix import feature_matrix

FEATURE_LABELS: Mapping[str, str] = {
    "amount_eur": "amount in the base currency",
    "hour_of_day": "hour of the day (UTC)",
    "day_of_week": "day of the week",
    "is_wallet": "paid by wallet",
    "is_transfer": "paid by transfer",
    "is_abroad": "started outside the customer's country",
    "is_new_device": "device not used by this customer before",
    "earlier_payments": "earlier payments of the customer",
    "payments_1h": "payments of the customer in the hour before",
    "payments_24h": "payments of the customer in the 24 hours before",
    "amount_24h": "amount of the customer in the 24 hours before, base currency",
    "hours_since_last": "hours since the customer's last payment",
    "amount_over_usual": "times the customer's usual amount",
    "other_customers_on_device": "other customers who used the device before",
    "reported_on_device": "a fraud on the device had been reported before",
    "reported_of_customer": "a fraud of the customer had been reported before",
}
"""The label of each velocity column for a reviewer; a feature of the store has its name as
label."""

_LEAST_CONTRIBUTION = 1e-6
"""A fall of the score below this is rounding of floats and no reason."""


def reasons(
    estimator: Any, payments: pl.DataFrame, features: tuple[str, ...], *, most: int = 4
) -> list[list[dict[str, object]]]:
    """For each payment the features that raise its score most, with their values.

    `contribution` is the score minus that of the same payment with the feature at the median of
    the training data. Contributions need not add up to the score.
    """
    if payments.is_empty():
        return []
    rows = feature_matrix(payments, features)
    usual = np.asarray(estimator[0].statistics_)
    changed = np.repeat(rows, len(features), axis=0)
    at = np.tile(np.arange(len(features)), len(rows))
    changed[np.arange(len(changed)), at] = usual[at]
    score = estimator.predict_proba(rows)[:, [1]]
    falls = score - estimator.predict_proba(changed)[:, 1].reshape(len(rows), len(features))
    listed = []
    for row, fall in zip(rows, falls, strict=True):
        largest = np.argsort(-fall, kind="stable")[:most]
        listed.append(
            [
                _reason(features[at], row[at], fall[at])
                for at in largest
                if fall[at] > _LEAST_CONTRIBUTION
            ]
        )
    return listed


def _reason(feature: str, value: float, fall: float) -> dict[str, object]:
    label = FEATURE_LABELS.get(feature, feature.replace("__", ": ").replace("_", " "))
    text = "not known" if np.isnan(value) else f"{value:.4g}"
    return {
        "feature": feature,
        "words": f"{label}: {text}",
        "contribution": round(float(fall), 4),
    }
