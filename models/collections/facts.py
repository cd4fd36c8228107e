"""Recorded facts about a customer (consents and protective flags), and which are in effect when.

A fact is about one debt or, where it names none, about all. A prohibition is lifted only by a later
fact that is at least as specific: a consent to calls that was withdrawn does not come back with a
later consent to anything, nor is a dispute of one debt lifted by a fact about all of them. Of two
facts at one moment the one that protects the customer counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

FACTS_OF_THE_PERSON = ("deceased", "bankrupt")
"""Facts that hold for every debt, whichever one they were recorded with."""

ANY_CHANNEL = "any"
"""The channel of a consent that names none."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A recorded statement about a customer that holds from a moment on.

    `fact` is `consent` (for `channel`, or `any`) or one that protects; `granted` says whether the
    consent is given or the flag is set, or else withdrawn. `obligation_id` is the debt that it is
    about; None: all of them.
    """

    fact: str
    channel: str | None
    granted: bool
    effective_from: datetime
    obligation_id: str | None = None


def facts_in_effect(facts: Sequence[Fact], *, obligation_id: str, at: datetime) -> list[Fact]:
    """The facts in effect at a moment that govern one debt."""
    return [
        fact
        for fact in facts
        if fact.effective_from <= at
        and (fact.obligation_id in {None, obligation_id} or fact.fact in FACTS_OF_THE_PERSON)
    ]


def has_flag(facts: Iterable[Fact], name: str) -> bool:
    """Whether a flag is set, of facts that govern one debt: a fact sets it and none lifts that."""
    statements = [fact for fact in facts if fact.fact == name]
    lifts = [fact for fact in statements if not fact.granted]
    return any(
        not _is_overridden(statement, lifts) for statement in statements if statement.granted
    )


def has_consented(facts: Iterable[Fact], channel: str) -> bool:
    """Whether consent to a channel is in effect; a customer without any has not consented."""
    statements = [
        fact for fact in facts if fact.fact == "consent" and fact.channel in {channel, ANY_CHANNEL}
    ]
    given = [fact for fact in statements if fact.granted]
    withdrawn = [fact for fact in statements if not fact.granted]
    return bool(given) and all(_is_overridden(statement, given) for statement in withdrawn)


def _is_overridden(statement: Fact, others: Iterable[Fact]) -> bool:
    """Whether a later fact of the opposite kind, no less specific, overrides this one."""
    return any(
        other.effective_from > statement.effective_from
        and (statement.fact != "consent" or statement.channel in {ANY_CHANNEL, other.channel})
        and (
            statement.fact in FACTS_OF_THE_PERSON
            or statement.obligation_id in {None, other.obligation_id}
        )
        for other in others
    )
