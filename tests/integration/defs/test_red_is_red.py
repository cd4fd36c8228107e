"""A control that fails is a check that fails, on the table that it concerns."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import dagster as dg
import pytest

from pipelines.defs.reconcile.checks import OTHERS, checks_on
from pipelines.lake.lake import Lake
from pipelines.records.control_tables import record_controls
from quality.controls import CONTROLS, to_frame
from quality.verdict import ControlResult, compare, evaluated, skipped

DAY = date(2026, 6, 30)
MORNING = datetime(2026, 7, 1, 7, tzinfo=UTC)


def _record(lake: Lake, *controls: ControlResult, run: str = "one", hour: int = 7) -> None:
    rows = to_frame(controls, run_id=run, recorded_at=MORNING.replace(hour=hour))
    record_controls(lake, rows, transaction_id=run)


def _checks(lake: Lake) -> dict[str, dg.AssetCheckResult]:
    return {str(check.check_name): check for check in checks_on(lake, DAY)}


def _passing(*but: str) -> list[ControlResult]:
    return [
        compare(control.name, "all", DAY, expected=1, actual=1)
        for control in CONTROLS
        if control.name not in but
    ]


def test_all_is_green_when_every_control_passed(lake: Lake) -> None:
    _record(lake, *_passing())
    assert all(check.passed for check in _checks(lake).values())


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
def test_a_control_that_fails_is_red_on_its_table_and_says_where(lake: Lake, control: Any) -> None:
    failed = compare(control.name, "account A1", DAY, expected=100, actual=70, detail="30 are lost")
    _record(lake, *_passing(), failed)
    checks = _checks(lake)
    red = checks.pop(control.name)
    assert not red.passed
    assert red.severity == dg.AssetCheckSeverity.ERROR
    assert red.asset_key == dg.AssetKey(list(control.about))
    assert red.metadata["scopes_failed"].value == 1
    assert red.metadata["scopes_passed"].value == 1
    failing: Any = red.metadata["failing"]
    (said,) = failing.records
    assert said.data["scope"] == "account A1"
    assert said.data["difference"] == "-30.000"
    assert said.data["detail"] == "30 are lost"
    assert all(check.passed for check in checks.values())


def test_a_control_that_erred_or_did_not_run_is_red_and_one_that_was_skipped_says_why(
    lake: Lake,
) -> None:
    erred, missing, left_out = "double_entry", "statement_chain", "loan_schedule"

    def fails() -> Iterator[ControlResult]:
        raise RuntimeError("no memory")

    _record(
        lake,
        *_passing(erred, missing, left_out),
        *evaluated(erred, DAY, fails),
        skipped(left_out, DAY, "There are no loans yet."),
    )
    checks = _checks(lake)
    assert not checks[erred].passed
    assert checks[erred].metadata["outcome"].value == "error"
    assert not checks[missing].passed
    assert checks[missing].metadata["outcome"].value == "missing"
    assert checks[left_out].passed
    assert checks[left_out].metadata["skipped_because"].value == "There are no loans yet."


def test_a_scope_that_failed_in_an_earlier_run_of_the_day_and_holds_now_is_green(
    lake: Lake,
) -> None:
    failed = compare("double_entry", "journal J1", DAY, expected=1, actual=2)
    _record(lake, *_passing("double_entry"), failed)
    assert not _checks(lake)["double_entry"].passed
    _record(lake, *_passing(), run="two", hour=8)
    assert _checks(lake)["double_entry"].passed


def test_another_days_failure_is_not_todays(lake: Lake) -> None:
    _record(lake, *_passing())
    earlier = date(2026, 6, 29)
    _record(lake, compare("double_entry", "J1", earlier, expected=1, actual=2), run="two")
    assert all(check.passed for check in _checks(lake).values())


def test_a_control_that_is_no_law_is_red_as_well(lake: Lake) -> None:
    totals = compare("file_totals", "bank.bai2", DAY, expected=99_999, actual=30_100)
    _record(lake, *_passing(), totals)
    checks = _checks(lake)
    assert not checks[OTHERS].passed
    failing: Any = checks[OTHERS].metadata["failing"]
    (said,) = failing.records
    assert (said.data["control"], said.data["scope"]) == ("file_totals", "bank.bai2")
