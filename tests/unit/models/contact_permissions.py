"""Contact permission as the tests ask for it: a customer in Berlin who consented long ago."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from models.collections.permission import (
    Contact,
    Fact,
    Permission,
    contact_permission,
)

NOON = datetime(2026, 6, 30, 10, 0, tzinfo=UTC)


BERLIN = "Europe/Berlin"


LONG_AGO = NOON - timedelta(days=400)


YES = Fact("consent", "any", granted=True, effective_from=LONG_AGO)


def call(
    at: datetime,
    outcome: str = "no_answer",
    debt: str | None = "L1",
    to: Literal["inbound", "outbound"] = "outbound",
) -> Contact:
    return Contact("call", to, at, outcome, debt)


def ask(
    facts: Sequence[Any] = (YES,),
    contacts: Sequence[Any] = (),
    *,
    at: datetime = NOON,
    zone: str | None = BERLIN,
    debt: str = "L1",
) -> Permission:
    return contact_permission(facts, contacts, obligation_id=debt, time_zone=zone, at=at)


def fact(
    name: str,
    *,
    granted: bool = True,
    channel: str = "any",
    days_ago: float = 10,
    debt: str | None = None,
) -> Fact:
    return Fact(name, channel, granted, NOON - timedelta(days=days_ago), debt)


def wrong(
    channel: Literal["call", "sms", "email", "letter"], address: str | None, days_ago: float = 3
) -> Contact:
    at = NOON - timedelta(days=days_ago)
    return Contact(channel, "outbound", at, "wrong_party", "L2", address)


def notice(
    facts: Sequence[Any] = (),
    contacts: Sequence[Any] = (),
    *,
    zone: str | None = BERLIN,
    at: datetime = NOON,
) -> Permission:
    return contact_permission(
        facts, contacts, obligation_id="L1", time_zone=zone, at=at, purpose="notice"
    )
