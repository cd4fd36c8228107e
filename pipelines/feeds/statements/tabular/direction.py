"""The column of a table that tells money in from money out, beside amounts with or without sign."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipelines.feeds.parsing.numbers import bare_number
from pipelines.feeds.statements.tabular.vocabulary import CREDITS, DEBITS


def with_direction(
    profile: Mapping[str, Any],
    heading: Sequence[str],
    samples: Sequence[Sequence[str]],
    proven: Callable[[Mapping[str, Any]], int],
) -> dict[str, Any]:
    """The profile with the column of the direction, if the table has one that counts.

    Beside amounts without a sign it counts. Where an amount has a sign of its own, it counts only
    if the running balance proves more steps with it: by the word alone, whatever the sign says.
    """
    listed: Mapping[str, Any] = profile["columns"]
    direction = _direction(heading, listed, samples) if "amount" in listed else None
    if direction is None:
        return dict(profile)
    name, debits = direction
    beside = {**profile, "columns": {**listed, "direction": name}, "debit_words": debits}
    if not _has_sign(heading, listed, samples):
        return beside
    by_word = {**beside, "sign_by_direction": True}
    return by_word if proven(by_word) > proven(profile) else dict(profile)


def _has_sign(
    heading: Sequence[str], listed: Mapping[str, Any], samples: Sequence[Sequence[str]]
) -> bool:
    at = list(heading).index(listed["amount"])
    amounts = [bare_number(row[at]) for row in samples]
    return any(amount.startswith("-") or amount.endswith("-") for amount in amounts)


def _direction(
    heading: Sequence[str], listed: Mapping[str, Any], samples: Sequence[Sequence[str]]
) -> tuple[str, list[str]] | None:
    for index, name in enumerate(heading):
        words = {row[index].strip() for row in samples} - {""}
        debits = {word for word in words if word.casefold() in DEBITS}
        credits_ = {word for word in words if word.casefold() in CREDITS}
        if words and name not in listed.values() and words <= debits | credits_:
            return name, sorted(debits)
    return None
