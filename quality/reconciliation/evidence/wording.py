"""Evidence cards in words: what spoke for a match or a break, and what against it."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from quality.reconciliation.closed_sets import BreakType

Card = Mapping[str, Any]

TYPES: Mapping[BreakType, str] = {
    "timing": "the other side has not booked it yet, and is expected to",
    "missing_left": "{left} never booked it",
    "missing_right": "{right} never booked it",
    "amount": "a row with another amount seems to be meant",
    "fee": "a row that differs by about a fee seems to be meant",
    "fx": "a row that differs by about a rate seems to be meant",
    "duplicate": "it repeats a row of its own side",
    "wrong_account": "its counterpart stands on another account",
    "reversal": "it takes back another row",
    "unknown": "several rows fit equally well, so none was chosen",
}
"""What each type of break says; the sides go by their names."""

_UNNAMED: Mapping[str, str] = {"left": "the left side", "right": "the right side"}

_TIERS = {"auto": "accepted", "suggested": "suggested, for a person to decide"}
_REFERENCES = {
    "none": "They share no reference.",
    "both_cite": "Both texts cite the same number.",
    "one_cites_other": "The text of one cites the reference of the other.",
    "equal": "Their references are equal.",
}
_LAG = "lag_business_days"
_PARTS: Mapping[str, Callable[[Any], str]] = {
    "reference": lambda how: _REFERENCES.get(how, f"Reference: {how}."),
    "text_similarity": lambda share: f"Their texts are alike to {share:.0f} of 100.",
    "same_account": lambda same: "The counterparty account is the same." if same else "",
    "shared": lambda key: f"All of them carry {key}.",
    "members": lambda count: f"{count} rows make up the total.",
    "both_sides_sum_to": lambda amount: f"Both sides come to {amount}.",
    "subsets_that_balance": lambda count: (
        "No other set of rows gives this total."
        if count == 1
        else f"{count} sets of rows give this total."
    ),
    "expected_by_chance": lambda count: f"By chance, {count:g} sets would be expected to.",
    "least_text_similarity": lambda _: "",
    "sums_tried": lambda _: "",
}


def in_words(card: str, sides: Mapping[str, str] = _UNNAMED) -> tuple[str, ...]:
    """An evidence card in sentences; the most telling one first.

    Args:
        card: as `outcome` stores it.
        sides: what stands on the left and on the right, such as Bank and Ledger.
    """
    said: Card = json.loads(card)
    sentences = _of_break(said, sides) if "type" in said else _of_match(said, sides)
    return tuple(sentence for sentence in sentences if sentence)


def _of_match(card: Card, sides: Mapping[str, str]) -> Sequence[str]:
    parts: Card = card.get("parts") or {}
    tier = _TIERS.get(card["tier"], card["tier"])
    by = f"of {card['rules']} {card['version']}"
    sentences = [f"Rule {card['rule']} {by}: {tier}, with a probability of {card['score']:.2%}."]
    if "actor" in parts:
        sentences.append(_decided(parts))
    else:
        sentences += [
            _lag(value, sides) if name == _LAG else _PARTS[name](value)
            for name, value in parts.items()
            if name in _PARTS or name == _LAG
        ]
        sentences += [*_weights(parts), *_others(parts)]
    if card.get("adjustment") is not None:
        sentences.append(f"A difference of {card['adjustment']} became an adjustment.")
    rivals = [
        f"Competing: row {rival['row_id']} of {sides.get(rival['side'], rival['side'])}, "
        f"{_share(rival['score'])}: "
        f"{rival['why']}."
        for rival in card.get("rivals") or ()
    ]
    return [*sentences, *(rivals or ["No other row competed for it."])]


def _of_break(card: Card, sides: Mapping[str, str]) -> Sequence[str]:
    kind = card["type"]
    told = TYPES.get(cast("BreakType", kind), "see the card").format(**sides)
    sentences = [f"Type {kind}: {told}."]
    age = card.get("age_business_days")
    if age is not None and age >= 0:
        sentences.append(f"The other side has been on record for {_days(age)} since.")
    coming = card.get("probability_still_coming")
    if coming is not None:
        sentences.append(f"Its counterpart still comes with a probability of {coming:.0%}.")
    if card.get("points_at"):
        sentences.append(f"It points at row {card['points_at']}.")
    candidates = [
        f"Considered: row {one['row_id']}, {_share(one['score'])}, "
        f"{_days(abs(one['lag_business_days']))} apart, difference {one['difference']}: "
        f"{one['why_not']}."
        for one in card.get("candidates") or ()
    ]
    sentences += candidates or ["No row of the other side came into question."]
    return [*sentences, f"Rules: {card['rules']} {card['version']}."]


def _lag(days: int, sides: Mapping[str, str]) -> str:
    if days == 0:
        return "Booked on the same business day."
    order = "after" if days > 0 else "before"
    return f"Booked {_days(abs(days))} apart, {sides['left']} {order} {sides['right']}."


def _decided(parts: Card) -> str:
    checked = f", checked by {parts['checker']}" if parts.get("checker") else ""
    return f"Decided by {parts['actor']}{checked} at {parts['decided_at']}: {parts['reason']}."


def _weights(parts: Card) -> Sequence[str]:
    """What spoke for the pair and what against it, in natural log odds, the heaviest first."""
    prefix = "log_odds_"
    weighed = sorted(
        ((name.removeprefix(prefix), w) for name, w in parts.items() if name.startswith(prefix)),
        key=lambda part: -abs(part[1]),
    )
    told = (
        ("For it spoke", [f"{name} ({w:+.1f})" for name, w in weighed if w > 0]),
        ("Against it spoke", [f"{name} ({w:+.1f})" for name, w in weighed if w < 0]),
    )
    return [f"{words} {', '.join(names)} in log odds." for words, names in told if names]


def _others(parts: Card) -> Sequence[str]:
    """What no sentence is known for is shown as it is, never left out."""
    known = (*_PARTS, _LAG, "actor", "checker", "decided_at", "reason", "decision")
    return [
        f"{name.replace('_', ' ').capitalize()}: {value}."
        for name, value in parts.items()
        if name not in known and not name.startswith("log_odds_")
    ]


def _share(score: float) -> str:
    return f"probability {score:.1%}"


def _days(count: int) -> str:
    return f"{count} business day{'' if count == 1 else 's'}"
