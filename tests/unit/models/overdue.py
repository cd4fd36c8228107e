"""Instalments that are due, as the collections model is given them."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from models.collections import CollectionsInputs
from quality.contract import contract

AS_OF = date(2026, 6, 30)
RATES = {
    "currency": pl.String(),
    "date": pl.Date(),
    "units_per_base": pl.Decimal(18, 8),
    "base_per_unit": pl.Decimal(18, 8),
}


OWN = {"currency": "EUR", "date": date(2000, 1, 1), "units_per_base": Decimal(1)}
"""The base currency has a rate of its own."""


def inputs(
    premiums: Sequence[Any] = (),
    customers: Sequence[Any] = (),
    consents: Sequence[Any] = (),
    contacts: Sequence[Any] = (),
    rates: Sequence[Any] = (),
) -> CollectionsInputs:
    def table(rows: Sequence[Mapping[str, Any]], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
        return pl.DataFrame([{**dict.fromkeys(schema), **row} for row in rows], schema=schema)

    return CollectionsInputs(
        loans=table((), contract("fct_loan_receivable").schema),
        premiums=table(premiums, contract("fct_premium_receivable").schema),
        customers=table(customers, contract("dim_customer").schema),
        consents=table(consents, contract("consents").schema),
        contacts=table(contacts, contract("contact_events").schema),
        rates=table([OWN, *rates], RATES),
    )


def instalment(
    policy: str,
    days_ago: int,
    *,
    late: int | None = None,
    currency: str = "EUR",
    n: int = 0,
    **more: Any,
) -> dict[str, Any]:
    amount = Decimal("100.000")
    return {
        "instalment_id": f"{policy}-{days_ago}-{n}",
        "policy_id": policy,
        "customer_id": f"C{policy}",
        "entity_id": "CH-INS",
        "due_date": AS_OF - timedelta(days=days_ago),
        "amount": amount,
        "currency": currency,
        "outstanding_amount": amount if late is None else Decimal(0),
        "days_late": late,
        "state": "overdue" if late is None else "paid",
        **more,
    }
