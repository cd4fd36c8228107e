"""What the gate needs to know of every customer, taken from the tables once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import polars as pl

from models.collections.facts import Fact, is_set, known_of
from models.collections.inputs import CollectionsInputs
from models.collections.permission import (
    Contact,
    Permission,
    Purpose,
    contact_window,
    permission,
)


@dataclass(frozen=True, slots=True)
class Register:
    """Facts, contacts, time zones and addresses by customer, and the promises that are open.

    `promised` names debts, `promised_all` customers whose promise names no debt: it is for all.
    """

    facts: Mapping[str, Sequence[Fact]]
    contacts: Mapping[str, Sequence[Contact]]
    time_zones: Mapping[str, str | None]
    addresses: Mapping[str, Mapping[str, str | None]]
    promised: frozenset[str]
    promised_all: frozenset[str]

    def asked(
        self,
        customer_id: str | None,
        obligation_id: str,
        day: date,
        purpose: Purpose = "collection",
    ) -> Permission:
        """What is allowed about a debt at the start of contact hours of a day, local time.

        Without a known time zone the hours are not known either: only letters can be allowed.
        """
        who = customer_id or ""
        zone = self.time_zones.get(who)
        window = contact_window(day, zone) or contact_window(day, "UTC")
        if window is None:
            raise LookupError("the time zone UTC is unknown: install the package tzdata")
        return permission(
            self.facts.get(who, ()),
            self.contacts.get(who, ()),
            obligation_id=obligation_id,
            time_zone=zone,
            at=window[0],
            addresses=self.addresses.get(who),
            purpose=purpose,
        )

    def hours(self, customer_id: str | None, day: date) -> tuple[datetime, datetime] | None:
        """The customer's contact hours of a day in UTC, or None."""
        return contact_window(day, self.time_zones.get(customer_id or ""))

    def in_hardship(self, customer_id: str | None, obligation_id: str, day: date) -> bool:
        """Whether the customer has told us of hardship, for this debt or in general."""
        at = datetime.combine(day, time(), UTC)
        said = self.facts.get(customer_id or "", ())
        return is_set(known_of(said, obligation_id=obligation_id, at=at), "hardship")

    def has_promise(self, customer_id: str | None, obligation_id: str) -> bool:
        """Whether a promise to pay is open, for this debt or for all."""
        return obligation_id in self.promised or customer_id in self.promised_all


def register(inputs: CollectionsInputs, *, as_of: date) -> Register:
    """The register as known at the end of `as_of`."""
    facts: dict[str, list[Fact]] = defaultdict(list)
    for who, *fact in inputs.consents.select(
        "customer_id", "fact", "channel", "granted", "effective_from", "obligation_id"
    ).iter_rows():
        facts[who].append(Fact(*fact))
    contacts: dict[str, list[Contact]] = defaultdict(list)
    for who, *contact in inputs.contacts.select(
        "customer_id", "channel", "direction", "occurred_at", "outcome", "obligation_id", "address"
    ).iter_rows():
        contacts[who].append(Contact(*contact))
    promises = inputs.contacts.filter(
        (pl.col("outcome") == "promise") & (pl.col("promise_date") >= as_of)
    )
    general = promises.filter(pl.col("obligation_id").is_null())
    return Register(
        facts,
        contacts,
        dict(inputs.customers.select("customer_id", "time_zone").iter_rows()),
        {
            who: {"call": phone, "sms": phone, "email": email}
            for who, phone, email in inputs.addresses.select(
                "customer_id", "phone", "email"
            ).iter_rows()
        },
        frozenset(promises["obligation_id"].drop_nulls()),
        frozenset(general["customer_id"].drop_nulls()),
    )
