"""What a customer said or what was recorded of him, and what of it stands at a moment.

A fact is about one debt or, where it names none, about all. What forbids is lifted only by a later
word that is at least as specific: a consent to calls that was withdrawn does not come back with a
later consent to anything, nor a dispute of one debt with a word about all of them. Of two words at
one moment the one that protects the customer counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

OF_THE_PERSON = ("deceased", "bankrupt")
"""Facts that hold for every debt, whichever one they were recorded with."""

ANY = "any"


@dataclass(frozen=True, slots=True)
class Fact:
    """A word about a customer that holds from a moment on.

    `fact` is `consent` (for `channel`, or `any`) or one that protects; `granted` says whether the
    consent is given or the flag is set, or else withdrawn. `obligation_id` is the debt that it is
    about; None: all of them.
    """

    fact: str
    channel: str | None
    granted: bool
    effective_from: datetime
    obligation_id: str | None = None


def known_of(facts: Sequence[Fact], *, obligation_id: str, at: datetime) -> list[Fact]:
    """The facts in effect at a moment that govern one debt."""
    return [
        fact
        for fact in facts
        if fact.effective_from <= at
        and (fact.obligation_id in {None, obligation_id} or fact.fact in OF_THE_PERSON)
    ]


def is_set(facts: Iterable[Fact], name: str) -> bool:
    """Whether a flag stands, of facts that govern one debt: a word sets it and none lifts that."""
    words = [fact for fact in facts if fact.fact == name]
    lifts = [fact for fact in words if not fact.granted]
    return any(not _undone(word, lifts) for word in words if word.granted)


def has_consented(facts: Iterable[Fact], channel: str) -> bool:
    """Whether consent to a channel stands, of facts that govern one debt; no word is no consent."""
    words = [fact for fact in facts if fact.fact == "consent" and fact.channel in {channel, ANY}]
    given = [fact for fact in words if fact.granted]
    withdrawn = [fact for fact in words if not fact.granted]
    return bool(given) and all(_undone(word, given) for word in withdrawn)


def _undone(word: Fact, others: Iterable[Fact]) -> bool:
    """Whether a later word of the other kind, no less specific, undoes this one."""
    return any(
        other.effective_from > word.effective_from
        and (word.fact != "consent" or word.channel in {ANY, other.channel})
        and (word.fact in OF_THE_PERSON or word.obligation_id in {None, other.obligation_id})
        for other in others
    )
