"""What a check gives: the verdict on a rule of one table, and the result of a control."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from quality.column_rules import Severity

ControlOutcome = Literal["passed", "failed", "error", "skipped"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a table keeps one rule of its contract.

    `failing_rows` is None where the rule is not about rows or could not be run; `sample` shows a
    few of them as JSON; `detail` says what was found, or why the rule could not be run (which is
    a failure, never a pass).
    """

    rule: str
    table: str
    passed: bool
    failing_rows: int | None
    sample: tuple[str, ...]
    severity: Severity
    detail: str


@dataclass(frozen=True, slots=True)
class ControlResult:
    """One row of control/controls: two figures that must be equal, for one scope, on one day.

    `difference` is actual minus expected; either sign beyond the tolerance fails. Amounts and
    counts alike are decimals. The figures are None where the control could not be computed. A
    result about one file names it, and the place in it where there is one.
    """

    name: str
    scope: str
    as_of: date
    outcome: ControlOutcome
    expected: Decimal | None
    actual: Decimal | None
    difference: Decimal | None
    detail: str
    file: str | None = None
    place: str | None = None


def compare(
    name: str,
    scope: str,
    as_of: date,
    *,
    expected: Decimal | int,
    actual: Decimal | int,
    tolerance: Decimal = Decimal(0),
    detail: str = "",
) -> ControlResult:
    """The result of comparing two figures that must agree within `tolerance`, either sign."""
    wanted, counted = Decimal(expected), Decimal(actual)
    outcome: ControlOutcome = "passed" if abs(counted - wanted) <= tolerance else "failed"
    return ControlResult(name, scope, as_of, outcome, wanted, counted, counted - wanted, detail)


def unreadable(
    name: str, scope: str, as_of: date, detail: str, *, file: str | None, place: str | None
) -> ControlResult:
    """The result of a control that fails because a figure it compares cannot be read."""
    return ControlResult(name, scope, as_of, "failed", None, None, None, detail, file, place)


def skipped(name: str, as_of: date, reason: str) -> ControlResult:
    """The result of a control that was not evaluated because tables are missing: the reason."""
    return ControlResult(name, "all", as_of, "skipped", None, None, None, reason)


def evaluated(
    name: str, as_of: date, check: Callable[[], Iterator[ControlResult]]
) -> list[ControlResult]:
    """The results that `check` gives; one with outcome `error` when it raises or gives none.

    A control that vanishes is worse than one that fails, so nothing that goes wrong inside one
    control may end the others.
    """
    try:
        results = list(check())
    except Exception as problem:
        return [_error(name, as_of, f"{type(problem).__name__}: {problem}")]
    return results or [_error(name, as_of, "The control gave no result.")]


def _error(name: str, as_of: date, detail: str) -> ControlResult:
    return ControlResult(name, "all", as_of, "error", None, None, None, detail)
