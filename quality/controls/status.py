"""How a control stands on a day: of everything that it said, whether anything speaks against it."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from quality.verdict import Control

AGAINST = ("failed", "error", "missing")
"""Outcomes that count as failed: a control that did not run proves nothing."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A control by its name: how many scopes had which outcome, and those that speak against it.

    One of which nothing is on record counts as `missing` once.
    """

    name: str
    counts: Mapping[str, int]
    against: tuple[Control, ...] = ()
    skipped_because: str = ""

    @property
    def passed(self) -> bool:
        """Whether nothing speaks against it; a control that was skipped for a reason passes."""
        return not any(self.counts.get(outcome) for outcome in AGAINST)

    @property
    def outcome(self) -> str:
        """The gravest of its outcomes."""
        order = ("missing", "error", "failed", "passed", "skipped")
        return next(outcome for outcome in order if self.counts.get(outcome))


def standing(name: str, controls: Iterable[Control]) -> Standing:
    """How the control `name` stands, by what it said on one day."""
    said = tuple(controls)
    counts = Counter[str](control.outcome for control in said) or Counter(missing=1)
    against = tuple(control for control in said if control.outcome in AGAINST)
    skipped = "; ".join(control.detail for control in said if control.outcome == "skipped")
    return Standing(name, dict(counts), against, skipped)


def standing_of_others(
    name: str, said: Mapping[str, Iterable[Control]], known: Container[str]
) -> Standing:
    """How all controls stand together that are not `known`; where there are none, it is skipped."""
    others = [one for control, ones in said.items() if control not in known for one in ones]
    if not others:
        return Standing(name, {"skipped": 1}, skipped_because="No other control is on record.")
    return standing(name, others)
