"""Controls are recorded whatever happens, and drift in either direction fails."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from quality.verdict import ControlResult, compare, evaluated, skipped

DAY = date(2026, 1, 31)


@pytest.mark.parametrize(
    ("actual", "outcome"),
    [("100.00", "passed"), ("100.01", "failed"), ("99.99", "failed"), ("-100.00", "failed")],
)
def test_drift_of_either_sign_fails(actual: str, outcome: str) -> None:
    control = compare("tie", "all", DAY, expected=Decimal(100), actual=Decimal(actual))
    assert control.outcome == outcome
    assert control.difference == Decimal(actual) - 100


def test_a_tolerance_includes_its_own_edge() -> None:
    edge = compare("tie", "all", DAY, expected=1, actual=Decimal("0.9"), tolerance=Decimal("0.1"))
    assert edge.outcome == "passed"


def test_a_control_that_raises_is_recorded_as_an_error_and_keeps_nothing_half_done() -> None:
    def breaks() -> Iterator[ControlResult]:
        yield compare("tie", "a", DAY, expected=1, actual=1)
        raise ZeroDivisionError("no rate for the day")

    (control,) = evaluated("tie", DAY, breaks)
    assert control.outcome == "error"
    assert control.detail == "ZeroDivisionError: no rate for the day"


def test_a_control_that_says_nothing_is_an_error() -> None:
    (control,) = evaluated("tie", DAY, lambda: iter(()))
    assert control.outcome == "error"


def test_a_skipped_control_says_why() -> None:
    control = skipped("tie", DAY, "silver.x is not there")
    assert (control.outcome, control.detail) == ("skipped", "silver.x is not there")
