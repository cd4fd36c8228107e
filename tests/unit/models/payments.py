"""Payments as the fraud model is given them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from models.fraud import FraudInputs
from quality.contract import contract

AS_OF = date(2026, 6, 30)


def payment(
    number: int,
    at: datetime,
    *,
    who: str | None = "C1",
    device: str = "D1",
    country: str = "DE",
    eur: int | Decimal | str = 50,
    told: datetime | None = None,
) -> dict[str, Any]:
    return {
        "payment_id": f"P{number:05}", "customer_id": who, "device_id": device, "country": country,
        "direction": "incoming", "channel": "card", "counterparty_name": who,
        "amount": Decimal(eur), "amount_base": Decimal(eur), "currency": "EUR",
        "initiated_at": at, "fraud_reported_at": told, "state": "initiated", "is_stuck": False,
    }  # fmt: skip


def inputs(rows: Sequence[Mapping[str, Any]] = ()) -> FraudInputs:
    schema = contract("fct_payments").schema
    payments = pl.DataFrame([{**dict.fromkeys(schema), **row} for row in rows], schema=schema)
    homes = pl.DataFrame({"customer_id": ["C1", "C2"], "country": ["DE", "DE"]})
    return FraudInputs(payments, homes)
