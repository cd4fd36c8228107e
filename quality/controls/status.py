"""The status of a control on a day: its results summed up, with those that failed."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from quality.verdict import ControlResult

FAILING = ("failed", "error", "missing")
"""Outcomes that count as failed: a control that did not run proves nothing."""


@dataclass(frozen=True, slots=True)
class ControlStatus:
    """A control by its name: how many scopes had which outcome, and the results that failed.

    One of which nothing is on record counts as `missing` once.
    """

    name: str
    counts: Mapping[str, int]
    failing: tuple[ControlResult, ...] = ()
    skipped_because: str = ""

    @property
    def passed(self) -> bool:
        """Whether nothing failed; a control that was skipped for a reason passes."""
        return not any(self.counts.get(outcome) for outcome in FAILING)

    @property
    def outcome(self) -> str:
        """The gravest of its outcomes."""
        order = ("missing", "error", "failed", "passed", "skipped")
        return next(outcome for outcome in order if self.counts.get(outcome))


def control_status(name: str, results: Iterable[ControlResult]) -> ControlStatus:
    """The status of the control `name`, from its results of one day."""
    given = tuple(results)
    counts = Counter[str](result.outcome for result in given) or Counter(missing=1)
    failing = tuple(result for result in given if result.outcome in FAILING)
    skipped = "; ".join(result.detail for result in given if result.outcome == "skipped")
    return ControlStatus(name, dict(counts), failing, skipped)


def status_of_others(
    name: str, results: Mapping[str, Iterable[ControlResult]], known: Container[str]
) -> ControlStatus:
    """The status of all controls together that are not `known`; skipped where there are none."""
    others = [
        result for control, given in results.items() if control not in known for result in given
    ]
    if not others:
        return ControlStatus(name, {"skipped": 1}, skipped_because="No other control is on record.")
    return control_status(name, others)
