"""Profiles of settlement reports: which headings stand for which columns, which words for what.

A profile is data (`profiles/*.yaml`, or saved beside a lake). What a provider's report
does its own way, a profile says: fees in several columns, one amount a line whose type says what it
is, amounts without their sign, the payout in rows of its own, in a table above, or not at all.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipelines.feeds.table_profiles import heading_names, profiles_in

FOLDER = Path(__file__).parent / "profiles"
LAST = "generic"
"""The profile whose words any provider's own profile comes before."""

OF_TYPE = "type "
"""Before the word of a type, where what is stated of a payout is the sum of its lines of it."""

LINE_TYPES = (
    *("payout_failed", "payout", "chargeback_reversed", "chargeback", "refund", "conversion"),
    *("reserve", "sale", "fee", "transfer", "adjustment"),
)


def heading_key(name: str) -> str:
    """A heading in lower case, with blanks, dashes, dots and slashes as underscores."""
    return re.sub(r"[\s.\-/]+", "_", name.strip().strip("\ufeff").lower())


@dataclass(frozen=True, slots=True, eq=False)  # two profiles are one only when they are the same
class SettlementProfile:
    """How a provider lays out its report.

    Attributes:
        provider: whose report it is.
        columns: headings by our columns.
        required: ours that a report must have.
        types: words in the provider's types by our types of lines; the first that fits counts.
        fees: headings of fees that add up.
        single_amount: a line has one amount, and its type says what it is.
        negative: words of types whose amounts come without their minus.
        positive: words of types that have one of those and are no such types.
        unrounded: amounts have more decimals than their currency.
        by_payout: a report is of payouts, whose lines it does not name: they are numbered.
        summed: a payout is the sum of its lines.
        totals: headings by what the report states of a payout itself.
        type_totals: headings beside those, by the type of lines that each adds up.
        parts: words in the types of fees by our parts of a fee.
        currency: that of a report which names none.
    """

    provider: str
    columns: Mapping[str, tuple[str, ...]]
    required: frozenset[str]
    types: Mapping[str, tuple[str, ...]]
    fees: tuple[str, ...] = ()
    single_amount: bool = False
    negative: tuple[str, ...] = ()
    positive: tuple[str, ...] = ()
    unrounded: bool = False
    by_payout: bool = False
    summed: bool = False
    totals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    type_totals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    currency: str = ""

    def names(self, header: Sequence[str]) -> dict[str, str]:
        """Our columns and the header's names for them, as far as the header has any."""
        return _named(self.columns, header)

    def fits(self, header: Sequence[str]) -> bool:
        """Whether a heading has all that a report of this profile needs, each name once."""
        names = self.names(header)
        kept = {column: name for column, name in names.items() if column in self.required}
        distinct = len(set(names.values())) == len(names) or self.by_payout
        return self.required <= kept.keys() and distinct

    def totals_of(self, header: Sequence[str]) -> dict[str, str] | None:
        """What the header says of payouts, or None where it lacks any of it."""
        names = _named(self.totals, header)
        if not self.totals or names.keys() != self.totals.keys():
            return None
        by_type = _named(self.type_totals, header)
        return names | {f"{OF_TYPE}{word}": name for word, name in by_type.items()}

    def line_type(self, raw: str | None, net: str | None) -> str:
        """The type that the provider's word stands for; without a word, the sign decides."""
        word = heading_key(raw or "")
        for kind, words in self.types.items():
            if any(known in word for known in words):
                return kind
        if raw:
            return "adjustment"
        return "refund" if (net or "").startswith("-") else "sale"

    def knows(self, raw: str | None) -> bool:
        """Whether the profile has a word for a type."""
        return not raw or any(
            known in heading_key(raw) for words in self.types.values() for known in words
        )

    def is_deducted(self, raw: str | None) -> bool:
        """Whether an amount of this type is taken off the payout though it has no minus."""
        word = heading_key(raw or "")
        return any(negative_word in word for negative_word in self.negative) and not any(
            negative_word in word for negative_word in self.positive
        )

    def part_of(self, raw: str | None) -> str | None:
        """The part of a fee that the provider's word stands for."""
        word = heading_key(raw or "")
        return next(
            (part for part, words in self.parts.items() if any(known in word for known in words)),
            None,
        )


def _named(columns: Mapping[str, tuple[str, ...]], header: Sequence[str]) -> dict[str, str]:
    written = {heading_key(name): name for name in header if name}
    return {
        column: written[header_names[0]]
        for column, known in columns.items()
        if (header_names := [name for name in known if name in written])
    }


def parse_settlement_profile(text: str) -> SettlementProfile:
    """A profile from YAML; without types of its own it has those of the generic one.

    Raises:
        ValueError: it is no profile; the message says why.
    """
    node = yaml.safe_load(text)
    if not isinstance(node, dict) or not isinstance(node.get("provider"), str):
        raise ValueError("a settlement profile names a provider")
    unknown = set(node) - set(SettlementProfile.__dataclass_fields__) - {"name"}
    if unknown:
        raise ValueError(f"unknown keys: {', '.join(sorted(unknown))}")
    types = (
        node.get("types") or yaml.safe_load((FOLDER / f"{LAST}.yaml").read_text("utf-8"))["types"]
    )
    unknown_types = set(types) - set(LINE_TYPES)
    if unknown_types:
        raise ValueError(f"{', '.join(sorted(unknown_types))} are no types of lines")
    return SettlementProfile(
        provider=node["provider"],
        columns=_lists(node["columns"]),
        required=frozenset(node["required"]),
        types=_lists(types),
        fees=tuple(map(heading_key, node.get("fees", ()))),
        single_amount=bool(node.get("single_amount")),
        negative=tuple(map(heading_key, node.get("negative", ()))),
        positive=tuple(map(heading_key, node.get("positive", ()))),
        unrounded=bool(node.get("unrounded")),
        by_payout=bool(node.get("by_payout")),
        summed=bool(node.get("summed")),
        totals=_lists(node.get("totals", {})),
        type_totals=_lists(node.get("type_totals", {})),
        parts=_lists(node.get("parts", {})),
        currency=str(node.get("currency", "")),
    )


def _lists(node: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {column: tuple(map(heading_key, heading_names(names))) for column, names in node.items()}


@cache
def shipped_profiles() -> tuple[SettlementProfile, ...]:
    """The profiles that ship; the generic one comes last."""
    shipped = profiles_in(FOLDER, parse_settlement_profile)
    return tuple(shipped[name] for name in sorted(shipped, key=lambda name: (name == LAST, name)))
