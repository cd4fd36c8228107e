"""What to do about a debt: permission first, then the plan, then the likelihood of payment."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.collections.permission import Permission

_LIKELY = 0.7
"""From this probability on, a debt is left to come by itself."""

_EARLY_DAYS, _LATE_DAYS = 14, 90
_GENTLE = ("email", "sms", "call", "letter")
_DIRECT = ("call", "email", "sms", "letter")


@dataclass(frozen=True, slots=True)
class Decision:
    """`contact`, `plan`, `wait` or `none`; the channel, where there is one to use; and why."""

    action: str
    channel: str | None
    why: str


def decide(
    allowed: Permission,
    *,
    propensity: float,
    days_past_due: int,
    in_hardship: bool,
    has_promise: bool,
) -> Decision:
    """What to do about one debt on the day.

    Args:
        allowed: what the gate lets through; nothing else is ever used.
        propensity: probability that it is paid by itself.
        days_past_due: age of the oldest instalment in it.
        in_hardship: whether the customer has told us of hardship.
        has_promise: whether a promise to pay is open.
    """
    if not allowed.allowed:
        rules = sorted(set(allowed.blocked.values()))
        return Decision("none", None, "not allowed: " + ", ".join(rules))
    channel = _first(_GENTLE if days_past_due <= _EARLY_DAYS else _DIRECT, allowed.allowed)
    if has_promise:
        return Decision("wait", None, "a promise to pay is open")
    if in_hardship:
        return Decision("plan", channel, "the customer is in hardship")
    if propensity >= _LIKELY:
        return Decision("wait", None, "likely to be paid without a contact")
    if days_past_due > _LATE_DAYS:
        return Decision("plan", channel, f"more than {_LATE_DAYS} days past due")
    return Decision("contact", channel, "not likely to be paid without a contact")


def _first(preferred: Sequence[str], allowed: Sequence[str]) -> str:
    return next(channel for channel in preferred if channel in allowed)
