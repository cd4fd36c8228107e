"""The rules that reviewers use without a model: the baseline that a model has to beat."""

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

BASELINE = "rules"

RULES: Mapping[str, tuple[str, pl.Expr]] = {
    "new_device": ("device not used by this customer before", pl.col("is_new_device")),
    "abroad": ("started outside the customer's country", pl.col("is_abroad")),
    "burst": ("two or more payments within the hour before", pl.col("payments_1h") >= 2),
    "large": ("more than three times the customer's usual", pl.col("amount_over_usual") > 3),
}
"""Each rule in words and as a predicate over a payment's velocity columns."""

_AMOUNT_SCALE = 1000.0
"""The amount in the base currency that counts as half of the largest; only the order depends on
it."""


def rule_hits(payments: pl.DataFrame) -> pl.DataFrame:
    """One row per payment, one flag per rule of `RULES`; an unknown value never hits."""
    return payments.select(
        hit.fill_null(value=False).alias(name) for name, (_, hit) in RULES.items()
    )


def rule_score(payments: pl.DataFrame) -> NDArray[np.float64]:
    """Score from 0 to 1: the share of rules that hit; among equals the larger amount comes first.

    The amount counts for less than one rule.
    """
    hits = rule_hits(payments).sum_horizontal().cast(pl.Float64).to_numpy()
    amount = payments["amount_eur"].fill_null(0).to_numpy()
    share = amount / (amount + _AMOUNT_SCALE)
    return np.asarray((hits + 0.99 * share) / (len(RULES) + 1))


def rule_reasons(payments: pl.DataFrame) -> list[list[dict[str, object]]]:
    """For each payment the rules that hit, in words."""
    return [
        [{"feature": name, "words": RULES[name][0]} for name, hit in row.items() if hit]
        for row in rule_hits(payments).iter_rows(named=True)
    ]
