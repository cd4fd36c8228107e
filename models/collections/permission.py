"""Who may be contacted, on which channel, at which moment: the gate in front of every score.

A pure function of what the customer said and of what was done before. Where two rules could be read
either way, the one that protects the customer is taken; what is not known is not allowed.

Sources: consent by channel as under the GDPR (no word is no consent); the pace of calls and the
hours as in Regulation F, 12 CFR 1006.14(b)(2) (seven calls within seven consecutive days, and none
within seven days from a conversation, whose day is the first of the seven) and 1006.6(b)(1) (not
before 8 and not after 21 in the customer's own time), kept for every customer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

CHANNELS = ("call", "sms", "email", "letter")
PROTECTING = ("deceased", "bankrupt", "dispute", "vulnerable")
"""Facts of which each forbids every channel, the gravest first."""

CONVERSATIONS = ("conversation", "promise", "refusal", "dispute")
"""Outcomes of a contact in which we spoke with the customer."""

DAY_STARTS, DAY_ENDS = time(8), time(21)
_CALLS, _DAYS = 7, 7
_AT_ANY_HOUR = ("letter",)


@dataclass(frozen=True, slots=True)
class Fact:
    """What a customer said or what was recorded of him, from a moment on.

    `fact` is `consent` (for `channel`, or `any`) or one that protects; `granted` says whether the
    consent is given or the flag is set, or else withdrawn.
    """

    fact: str
    channel: str | None
    granted: bool
    effective_from: datetime


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact that took place or was tried. `obligation_id` None: about any of the debts."""

    channel: str
    direction: str
    occurred_at: datetime
    outcome: str | None
    obligation_id: str | None


@dataclass(frozen=True, slots=True)
class Permission:
    """The channels that are allowed, and for every other channel the rule that forbids it."""

    allowed: tuple[str, ...]
    blocked: Mapping[str, str]


def permission(
    facts: Sequence[Fact],
    contacts: Sequence[Contact],
    *,
    obligation_id: str,
    time_zone: str | None,
    at: datetime,
) -> Permission:
    """What is allowed about one debt of one customer at one moment.

    Args:
        facts: all facts about the customer, in any order.
        contacts: all contacts with the customer, in any order.
        obligation_id: the debt.
        time_zone: IANA name of the customer's own time zone.
        at: the moment at which the contact would take place; a ValueError if it has no time zone.
    """
    if at.tzinfo is None:
        raise ValueError("the moment of a contact needs a time zone")
    standing = [fact for fact in facts if fact.effective_from <= at]
    earlier = [
        contact
        for contact in contacts
        if contact.obligation_id in {None, obligation_id} and contact.occurred_at <= at
    ]
    protected = _protection(standing, earlier)
    blocked: dict[str, str] = {}
    for channel in CHANNELS:
        rule = protected or _channel_rule(channel, standing, earlier, time_zone, at)
        if rule:
            blocked[channel] = rule
    return Permission(tuple(each for each in CHANNELS if each not in blocked), blocked)


def contact_window(day: date, time_zone: str | None) -> tuple[datetime, datetime] | None:
    """First and last moment (UTC, the last excluded) of contact hours on a day; None if unknown."""
    zone = _zone(time_zone)
    if zone is None:
        return None
    first, last = (datetime.combine(day, hour, zone) for hour in (DAY_STARTS, DAY_ENDS))
    return first.astimezone(UTC), last.astimezone(UTC)


def _protection(facts: Sequence[Fact], contacts: Sequence[Contact]) -> str | None:
    for name in PROTECTING:
        if _stands([fact for fact in facts if fact.fact == name], protective=True):
            return name
    disputes = [each.occurred_at for each in contacts if each.outcome == "dispute"]
    settled = [each.effective_from for each in facts if each.fact == "dispute"]
    if disputes and not any(moment >= max(disputes) for moment in settled):
        return "dispute raised in a contact"
    return None


def _channel_rule(
    channel: str,
    facts: Sequence[Fact],
    contacts: Sequence[Contact],
    time_zone: str | None,
    at: datetime,
) -> str | None:
    said = [fact for fact in facts if fact.fact == "consent" and fact.channel in {channel, "any"}]
    if not _stands(said, protective=False):
        return "no consent"
    if channel in _AT_ANY_HOUR:
        return None
    zone = _zone(time_zone)
    if zone is None:
        return "time zone unknown"
    local = at.astimezone(zone)
    if not DAY_STARTS <= local.time() < DAY_ENDS:
        return "outside 8 to 21 local time"
    return _pace_rule(contacts, zone, local.date()) if channel == "call" else None


def _pace_rule(contacts: Sequence[Contact], zone: ZoneInfo, today: date) -> str | None:
    oldest = today - timedelta(days=_DAYS - 1)
    calls = [
        each
        for each in contacts
        if each.channel == "call" and each.occurred_at.astimezone(zone).date() >= oldest
    ]
    if any(each.outcome in CONVERSATIONS for each in calls):
        return "7 days after a conversation"
    if sum(each.direction == "outbound" for each in calls) >= _CALLS:
        return "7 calls in 7 days"
    return None


def _stands(facts: Sequence[Fact], *, protective: bool) -> bool:
    """Whether the latest word grants; of several at one moment the one that protects counts."""
    if not facts:
        return False
    latest = max(fact.effective_from for fact in facts)
    words = [fact.granted for fact in facts if fact.effective_from == latest]
    return any(words) if protective else all(words)


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None
