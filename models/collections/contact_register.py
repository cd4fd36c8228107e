"""The contact register: what contact permission depends on, by customer."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import polars as pl

from models.collections.facts import Fact, facts_in_effect, has_flag
from models.collections.inputs import CollectionsInputs
from models.collections.permission import (
    DAY_STARTS,
    Contact,
    Permission,
    Purpose,
    contact_permission,
    contact_window,
)


@dataclass(frozen=True, slots=True)
class ContactRegister:
    """Facts, contacts, time zones and addresses by customer, and the open promises to pay.

    `promised` holds the debts that a promise names, `promised_all` the customers whose promise
    names no debt and so counts for all.
    """

    facts: Mapping[str, Sequence[Fact]]
    contacts: Mapping[str, Sequence[Contact]]
    time_zones: Mapping[str, str | None]
    addresses: Mapping[str, Mapping[str, str | None]]
    promised: frozenset[str]
    promised_all: frozenset[str]

    def permission_for(
        self,
        customer_id: str | None,
        obligation_id: str,
        day: date,
        purpose: Purpose = "collection",
    ) -> Permission:
        """What is allowed about a debt at the start of contact hours of a day, local time.

        Without a known time zone the hours are not known either: only letters can be allowed.
        """
        customer = customer_id or ""
        zone = self.time_zones.get(customer)
        window = contact_window(day, zone)
        return contact_permission(
            self.facts.get(customer, ()),
            self.contacts.get(customer, ()),
            obligation_id=obligation_id,
            time_zone=zone,
            at=window[0] if window else datetime.combine(day, DAY_STARTS, UTC),
            addresses=self.addresses.get(customer),
            purpose=purpose,
        )

    def hours(self, customer_id: str | None, day: date) -> tuple[datetime, datetime] | None:
        """The customer's contact hours of a day in UTC, or None."""
        return contact_window(day, self.time_zones.get(customer_id or ""))

    def in_hardship(self, customer_id: str | None, obligation_id: str, day: date) -> bool:
        """Whether the customer has told us of hardship, for this debt or in general."""
        at = datetime.combine(day, time(), UTC)
        facts = self.facts.get(customer_id or "", ())
        return has_flag(facts_in_effect(facts, obligation_id=obligation_id, at=at), "hardship")

    def has_promise(self, customer_id: str | None, obligation_id: str) -> bool:
        """Whether a promise to pay is open, for this debt or for all."""
        return obligation_id in self.promised or customer_id in self.promised_all


def contact_register(inputs: CollectionsInputs, *, as_of: date) -> ContactRegister:
    """The register as known at the end of `as_of`."""
    facts: dict[str, list[Fact]] = defaultdict(list)
    for customer, *fact in inputs.consents.select(
        "customer_id", "fact", "channel", "granted", "effective_from", "obligation_id"
    ).iter_rows():
        facts[customer].append(Fact(*fact))
    contacts: dict[str, list[Contact]] = defaultdict(list)
    for customer, *contact in inputs.contacts.select(
        "customer_id", "channel", "direction", "occurred_at", "outcome", "obligation_id", "address"
    ).iter_rows():
        contacts[customer].append(Contact(*contact))
    promises = inputs.contacts.filter(
        (pl.col("outcome") == "promise") & (pl.col("promise_date") >= as_of)
    )
    general = promises.filter(pl.col("obligation_id").is_null())
    return ContactRegister(
        facts,
        contacts,
        dict(inputs.customers.select("customer_id", "time_zone").iter_rows()),
        {
            customer: {"call": phone, "sms": phone, "email": email}
            for customer, phone, email in inputs.addresses.select(
                "customer_id", "phone", "email"
            ).iter_rows()
        },
        frozenset(promises["obligation_id"].drop_nulls()),
        frozenset(general["customer_id"].drop_nulls()),
    )
