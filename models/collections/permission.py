"""Contact permission: who may be contacted, on which channel, at which moment.

Permission is a pure function of the customer's recorded facts and past contacts; no score overrides
it. Where a rule can be read in two ways, the reading that protects the customer is taken. Without a
recorded consent, time zone or address, nothing that needs it is allowed.

Sources: consent by channel as under the GDPR (no word is no consent); the pace of calls and the
hours as in Regulation F, 12 CFR 1006.14(b)(2) (seven calls within seven consecutive days about one
debt, and none within seven days from a conversation about it) and 1006.6(b)(1) (not before 8 and
not after 21 in the customer's own time), kept for every customer; and 1006.6(b)(2) and (c): whoever
has an attorney is not contacted, and whoever wrote that we shall cease gets no more than the
notices that the law requires.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from models.collections.facts import Fact, facts_in_effect, has_consented, has_flag
from quality.time_zones import time_zone as named_zone

__all__ = ["Contact", "Fact", "Permission", "contact_permission", "contact_window"]

Channel = Literal["call", "sms", "email", "letter"]
CHANNELS: tuple[Channel, ...] = ("call", "sms", "email", "letter")
PROTECTING = (
    "deceased", "bankrupt", "attorney_represented", "cease_communication", "dispute", "vulnerable"
)  # fmt: skip
"""Facts of which each forbids every channel, the gravest first."""

CONVERSATIONS = ("conversation", "promise", "refusal", "dispute")
"""Outcomes of a contact in which we spoke with the customer."""

Purpose = Literal["collection", "notice"]
"""To collect a debt, or to send a notice that the law requires, such as of a remedy to be used."""

DAY_STARTS, DAY_ENDS = time(8), time(21)
"""Contact hours in the customer's own time: 12 CFR 1006.6(b)(1)."""

_CALLS, _DAYS = 7, 7
"""Calls about one debt, and the days in which they count: 12 CFR 1006.14(b)(2)."""

_AT_ANY_HOUR = ("letter",)
"""Channels that nobody has to answer, so that contact hours do not bind them."""

_FORBIDS_NOTICES = ("deceased", "attorney_represented")
"""Facts under which even a notice that the law requires does not go to the customer himself."""

_SAME_ADDRESS: Mapping[Channel, tuple[Channel, ...]] = {
    "call": ("call", "sms"),
    "sms": ("call", "sms"),
}
"""Channels that use one and the same number."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact that took place or was tried. `obligation_id` None: about any of the debts.

    `address` is the number or address that was used; None: the one on file.
    """

    channel: Channel
    direction: Literal["inbound", "outbound"]
    occurred_at: datetime
    outcome: str | None
    obligation_id: str | None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Permission:
    """The channels that are allowed, and for every other channel the rule that forbids it."""

    channels: tuple[Channel, ...]
    blocked: Mapping[Channel, str]


def contact_permission(
    facts: Sequence[Fact],
    contacts: Sequence[Contact],
    *,
    obligation_id: str,
    time_zone: str | None,
    at: datetime,
    addresses: Mapping[str, str | None] | None = None,
    purpose: Purpose = "collection",
) -> Permission:
    """What is allowed about one debt of one customer at one moment.

    Args:
        facts: all facts about the customer, in any order.
        contacts: all contacts with the customer, in any order.
        obligation_id: the debt.
        time_zone: IANA name of the customer's own time zone.
        at: the moment at which the contact would take place; a ValueError if it has no time zone.
        addresses: number or address on file by channel; one that is not known is not among them.
        purpose: a `notice` that the law requires goes by letter, whatever was consented to.
    """
    if at.tzinfo is None:
        raise ValueError("the moment of a contact needs a time zone")
    in_effect = facts_in_effect(facts, obligation_id=obligation_id, at=at)
    earlier = [contact for contact in contacts if contact.occurred_at <= at]
    about_debt = [each for each in earlier if each.obligation_id in {None, obligation_id}]
    blocked: dict[Channel, str] = {}
    protection = _protection(in_effect, about_debt)
    for channel in CHANNELS:
        wrong_party = _wrong_party(channel, in_effect, earlier, addresses or {})
        if purpose == "notice":
            rule = _notice_rule(channel, in_effect) or wrong_party
        else:
            pace = _channel_rule(channel, in_effect, about_debt, time_zone, at)
            rule = protection or wrong_party or pace
        if rule:
            blocked[channel] = rule
    return Permission(tuple(each for each in CHANNELS if each not in blocked), blocked)


def contact_window(day: date, time_zone: str | None) -> tuple[datetime, datetime] | None:
    """First and last moment (UTC, the last excluded) of contact hours on a day; None if unknown."""
    zone = named_zone(time_zone)
    if zone is None:
        return None
    first, last = (datetime.combine(day, hour, zone) for hour in (DAY_STARTS, DAY_ENDS))
    return first.astimezone(UTC), last.astimezone(UTC)


def _protection(facts: Sequence[Fact], contacts: Sequence[Contact]) -> str | None:
    for name in PROTECTING:
        if has_flag(facts, name):
            return name
    disputes = [each.occurred_at for each in contacts if each.outcome == "dispute"]
    settled = [each.effective_from for each in facts if each.fact == "dispute"]
    if disputes and not any(moment >= max(disputes) for moment in settled):
        return "dispute raised in a contact"
    return None


def _notice_rule(channel: Channel, facts: Sequence[Fact]) -> str | None:
    """A notice is a letter; it needs no consent, no hour and no pace."""
    if channel != "letter":
        return "a notice is sent by letter"
    return next((name for name in _FORBIDS_NOTICES if has_flag(facts, name)), None)


def _wrong_party(
    channel: Channel,
    facts: Sequence[Fact],
    contacts: Sequence[Contact],
    addresses: Mapping[str, str | None],
) -> str | None:
    """The rule against an address at which somebody else was reached; None where there is none.

    A contact that does not record its address is taken to have used the one on file, until the
    customer consents to just that channel anew.
    """
    renewed = [
        fact.effective_from
        for fact in facts
        if fact.fact == "consent" and fact.granted and fact.channel == channel
    ]
    on_file = _plain(addresses.get(channel))
    for each in contacts:
        if each.outcome != "wrong_party" or channel not in _reached(each.channel):
            continue
        used = _plain(each.address)
        if used is None and any(moment > each.occurred_at for moment in renewed):
            continue
        if used is None or on_file is None or used == on_file:
            return "somebody else was reached at this address"
    return None


def _reached(channel: Channel) -> tuple[Channel, ...]:
    """The channels that use the same number or address as this one."""
    return _SAME_ADDRESS.get(channel, (channel,))


def _plain(address: str | None) -> str | None:
    """A number or address in one spelling: no case, no marks; 00 before a number means +."""
    if address is None:
        return None
    plain = "".join(each for each in address.casefold() if each.isalnum() or each in "@+")
    return "+" + plain[2:] if plain.startswith("00") else plain or None


def _channel_rule(
    channel: Channel,
    facts: Sequence[Fact],
    contacts: Sequence[Contact],
    time_zone: str | None,
    at: datetime,
) -> str | None:
    if not has_consented(facts, channel):
        return "no consent"
    if channel in _AT_ANY_HOUR:
        return None
    zone = named_zone(time_zone)
    if zone is None:
        return f"time zone {time_zone[:40]!r} unknown" if time_zone else "time zone unknown"
    if not DAY_STARTS <= at.astimezone(zone).time() < DAY_ENDS:
        return "outside 8 to 21 local time"
    return _pace_rule(contacts, zone, at) if channel == "call" else None


def _pace_rule(contacts: Sequence[Contact], zone: ZoneInfo, at: datetime) -> str | None:
    """The rule against a call by the pace of calls; None where there is none.

    Days are those of the customer's time zone. The regulation counts the day of a conversation as
    the first of the seven, however late in it we spoke; that would leave little more than six days
    of silence, so that seven times 24 hours have to pass as well.
    """
    oldest = at.astimezone(zone).date() - timedelta(days=_DAYS - 1)
    recent = [each for each in contacts if each.occurred_at.astimezone(zone).date() >= oldest]
    spoken = [each for each in contacts if each.outcome in CONVERSATIONS]
    hours_ago = at - timedelta(days=_DAYS)
    if any(each in recent or each.occurred_at > hours_ago for each in spoken):
        return "7 days after a conversation"
    calls = sum(each.channel == "call" and each.direction == "outbound" for each in recent)
    return "7 calls in 7 days" if calls >= _CALLS else None
