"""The next action on a debt: permission first, then hardship and promises, then propensity."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from models.collections.permission import Channel, Permission

Action = Literal["contact", "plan", "wait", "none"]

_LIKELY = 0.7
"""From this probability on, a debt is not contacted about: a policy, not a measurement. At 0.7 a
contact would be needless in at least seven of ten cases."""

_EARLY_DAYS = 14
"""Days past due in which a message goes before a call: as long as `PAID_WITHIN_DAYS`, within which
most debts are paid without any contact."""

_LATE_DAYS = 90
"""Days past due from which a plan is offered: a debt of more than 90 days counts as defaulted
(Regulation (EU) 575/2013, Article 178)."""

_MESSAGE_FIRST: tuple[Channel, ...] = ("email", "sms", "call", "letter")
_CALL_FIRST: tuple[Channel, ...] = ("call", "email", "sms", "letter")


@dataclass(frozen=True, slots=True)
class NextAction:
    """What to do, by which channel (None where nothing is to be sent or said), and the reason."""

    action: Action
    channel: Channel | None
    reason: str


def next_action(
    permission: Permission,
    *,
    propensity: float,
    days_past_due: int,
    in_hardship: bool,
    has_promise: bool,
) -> NextAction:
    """The next action on one debt on the day.

    Args:
        permission: the channels that are allowed; no other is ever used.
        propensity: probability that it is paid by itself.
        days_past_due: age of the oldest instalment in it.
        in_hardship: whether the customer has told us of hardship.
        has_promise: whether a promise to pay is open.
    """
    if not permission.channels:
        rules = sorted(set(permission.blocked.values()))
        return NextAction("none", None, "not allowed: " + ", ".join(rules))
    preferred = _MESSAGE_FIRST if days_past_due <= _EARLY_DAYS else _CALL_FIRST
    channel = _first(preferred, permission.channels)
    if has_promise:
        return NextAction("wait", None, "a promise to pay is open")
    if in_hardship:
        return NextAction("plan", channel, "the customer is in hardship")
    if propensity >= _LIKELY:
        return NextAction("wait", None, "likely to be paid without a contact")
    if days_past_due > _LATE_DAYS:
        return NextAction("plan", channel, f"more than {_LATE_DAYS} days past due")
    return NextAction("contact", channel, "not likely to be paid without a contact")


def _first(preferred: Sequence[Channel], allowed: Sequence[Channel]) -> Channel:
    return next(channel for channel in preferred if channel in allowed)
