"""What the gate needs to know of every customer, taken from the tables once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from models.collections.inputs import CollectionsInputs
from models.collections.permission import Contact, Fact, Permission, contact_window, permission


@dataclass(frozen=True, slots=True)
class Register:
    """Facts, contacts, time zones and hardship by customer, and promises that are open by debt."""

    facts: Mapping[str, Sequence[Fact]]
    contacts: Mapping[str, Sequence[Contact]]
    time_zones: Mapping[str, str | None]
    in_hardship: frozenset[str]
    promised: frozenset[str]

    def asked(self, customer_id: str | None, obligation_id: str, day: date) -> Permission:
        """What is allowed about a debt at the start of contact hours of a day, local time.

        Without a known time zone the hours are not known either: only letters can be allowed.
        """
        who = customer_id or ""
        zone = self.time_zones.get(who)
        window = contact_window(day, zone) or contact_window(day, "UTC")
        assert window is not None
        return permission(
            self.facts.get(who, ()),
            self.contacts.get(who, ()),
            obligation_id=obligation_id,
            time_zone=zone,
            at=window[0],
        )

    def hours(self, customer_id: str | None, day: date) -> tuple[datetime, datetime] | None:
        """The customer's contact hours of a day in UTC, or None."""
        return contact_window(day, self.time_zones.get(customer_id or ""))


def register(inputs: CollectionsInputs, *, as_of: date) -> Register:
    """The register as known at the end of `as_of`."""
    facts: dict[str, list[Fact]] = defaultdict(list)
    for who, *fact in inputs.consents.select(
        "customer_id", "fact", "channel", "granted", "effective_from"
    ).iter_rows():
        facts[who].append(Fact(*fact))
    contacts: dict[str, list[Contact]] = defaultdict(list)
    for who, *contact in inputs.contacts.select(
        "customer_id", "channel", "direction", "occurred_at", "outcome", "obligation_id"
    ).iter_rows():
        contacts[who].append(Contact(*contact))
    promises = inputs.contacts.filter(
        (pl.col("outcome") == "promise") & (pl.col("promise_date") >= as_of)
    )
    customers = inputs.customers
    return Register(
        facts,
        contacts,
        dict(customers.select("customer_id", "time_zone").iter_rows()),
        frozenset(customers.filter(pl.col("in_hardship"))["customer_id"]),
        frozenset(promises["obligation_id"].drop_nulls()),
    )
