"""What the collections model publishes: the table `gold/fct_collections_queue`."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from features.store import Store
from models.collections.contact_register import ContactRegister, contact_register
from models.collections.dataset import DebtDataset, with_features
from models.collections.debts import (
    BEHAVIOUR_FEATURES,
    debts_on,
    instalments,
    snapshot_days,
    snapshots,
)
from models.collections.inputs import MODEL, SNAPSHOT_WEEKS, CollectionsInputs
from models.collections.next_action import Action, next_action
from models.collections.predict import Propensities, predict_propensities
from models.registry import ModelRegistry
from quality.contract import contract

_MILL = Decimal("0.001")
"""Amounts of the queue are written to thousandths, as all money of the lake."""

_ORDER: Mapping[Action, int] = {"contact": 0, "plan": 0, "wait": 1, "none": 2}
"""The queue begins with what somebody has to do, and ends with what nobody may do."""


def publish(
    inputs: CollectionsInputs, store: Store, registry: ModelRegistry, *, as_of: date, now: datetime
) -> pl.DataFrame:
    """The overdue debts in the order of work, each with the next action and the blocked channels.

    Permission is computed for the day after `as_of`, at the start of contact hours in the
    customer's own time. Whoever makes the contact computes it again at that moment.

    Args:
        inputs: receivables, customers, consents and contacts as known at the end of `as_of`.
        store: the feature store of the same lake.
        registry: where the champion is stored; base rates publish where there is none.
        as_of: the day of the run; nothing later is known.
        now: the wall clock, for `recorded_at`.

    Returns:
        One row per overdue debt in the columns of the contract `fct_collections_queue`.
    """
    schema = contract("fct_collections_queue").schema
    every = instalments(inputs)
    debts = debts_on(every, as_of).filter(pl.col("outstanding_amount") > 0)
    if debts.is_empty():
        return pl.DataFrame(schema=schema)
    champion = registry.champion(MODEL)
    data = (
        DebtDataset(debts, BEHAVIOUR_FEATURES, {})
        if champion is None
        else with_features(debts, store)
    )
    expected = predict_propensities(
        data, snapshots(every, snapshot_days(as_of, SNAPSHOT_WEEKS)), champion
    )
    register = contact_register(inputs, as_of=as_of)
    rows = _rows(data.frame, expected, register, _rates(inputs, as_of), as_of)
    return pl.DataFrame(rows, infer_schema_length=None).with_columns(
        pl.lit(as_of).alias("as_of"),
        pl.lit(expected.model).alias("model"),
        pl.lit(expected.version).alias("model_version"),
        pl.lit(now).alias("recorded_at"),
    ).select(pl.col(name).cast(dtype) for name, dtype in schema.items())  # fmt: skip


def _rows(
    debts: pl.DataFrame,
    expected: Propensities,
    register: ContactRegister,
    rates: Mapping[str, Decimal],
    as_of: date,
) -> list[dict[str, Any]]:
    rows = [
        _row(debt, round(float(chance), 4), register, rates.get(debt["currency"]), as_of)
        for debt, chance in zip(debts.iter_rows(named=True), expected.propensity, strict=True)
    ]
    rows.sort(
        key=lambda row: (
            _ORDER[row["action"]],
            -(row["expected_value"] or Decimal(0)),
            row["obligation_id"],
            row["currency"],
        )
    )
    return [{**row, "rank": at} for at, row in enumerate(rows, start=1)]


def _row(
    debt: Mapping[str, Any],
    chance: float,
    register: ContactRegister,
    rate: Decimal | None,
    as_of: date,
) -> dict[str, Any]:
    customer, obligation = debt["customer_id"], debt["obligation_id"]
    day = as_of + timedelta(days=1)
    permission = register.permission_for(customer, obligation, day)
    notices = register.permission_for(customer, obligation, day, "notice")
    action = next_action(
        permission,
        propensity=chance,
        days_past_due=debt["days_past_due"],
        in_hardship=register.in_hardship(customer, obligation, day),
        has_promise=register.has_promise(customer, obligation),
    )
    overdue = debt["outstanding_amount"]
    base = None if rate is None else (overdue * rate).quantize(_MILL)
    at_risk = None if base is None else (base * (1 - Decimal(str(chance)))).quantize(_MILL)
    hours = register.hours(customer, day)
    return {
        "customer_id": customer, "obligation_id": obligation, "entity_id": debt["entity_id"],
        "overdue_amount": overdue, "currency": debt["currency"], "overdue_amount_base": base,
        "days_past_due": debt["days_past_due"], "propensity": chance, "expected_value": at_risk,
        "action": action.action, "channel": action.channel,
        "allowed": ",".join(permission.channels), "blocked": json.dumps(dict(permission.blocked)),
        "allowed_for_notices": ",".join(notices.channels),
        "reasons": json.dumps({
            "why": action.reason,
            "overdue_instalments": debt["overdue_instalments"],
            "usual_days_late": debt["usual_days_late"],
            "contact_from": hours[0].isoformat() if hours else None,
            "contact_until": hours[1].isoformat() if hours else None,
        }),
    }  # fmt: skip


def _rates(inputs: CollectionsInputs, as_of: date) -> Mapping[str, Decimal]:
    """Base currency per unit of each currency: the last known on or before the day."""
    last = inputs.rates.filter(pl.col("date") <= as_of).sort("date").unique("currency", keep="last")
    rates: dict[str, Decimal] = {}
    for currency, per_base, per_unit in last.select(
        "currency", "units_per_base", "base_per_unit"
    ).iter_rows():
        rate = 1 / Decimal(per_base) if per_base else per_unit
        if rate is not None:
            rates[currency] = Decimal(rate)
    return rates
