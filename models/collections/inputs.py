"""What the collections model reads, and the numbers that define it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from quality.contract import contract

MODEL = "collections"
SERVICE = "collections_v1"
"""The feature service whose features the model reads."""

PAID_WITHIN_DAYS = 14
"""A debt counts as paid if all that was overdue is paid within so many days of the snapshot: the
time in which a contact would be made and could work."""

SNAPSHOT_WEEKS = 26
"""Weekly snapshots of the overdue debts to learn from: half a year, of which the label delay and
the judged weeks leave four months to train on."""

INPUTS: Mapping[str, str] = {
    "loans": "gold/fct_loan_receivable",
    "premiums": "gold/fct_premium_receivable",
    "customers": "gold/dim_customer",
    "consents": "silver/stg_consents",
    "contacts": "silver/stg_contact_events",
    "addresses": "silver/stg_customers",
    "rates": "silver/int_fx_rates_daily",
}


@dataclass(frozen=True, slots=True)
class CollectionsInputs:
    """The tables of `INPUTS` as frames, as known at the end of one and the same day."""

    loans: pl.DataFrame
    premiums: pl.DataFrame
    customers: pl.DataFrame
    consents: pl.DataFrame
    contacts: pl.DataFrame
    rates: pl.DataFrame
    addresses: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema=contract("customers").schema)
    )
