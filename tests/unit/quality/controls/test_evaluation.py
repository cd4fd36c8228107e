"""A control that cannot be evaluated says so, and never passes by it."""

from datetime import UTC, datetime
from decimal import Decimal

import duckdb

from quality.controls import CONTROLS, Control, evaluate_controls, to_frame
from tests.unit.quality.controls.evaluated import BY_NAME, DAY, evaluated, journal, lent, outcomes


def test_a_law_without_its_tables_is_skipped_and_says_which_are_missing() -> None:
    (control,) = evaluated("loan_schedule", {})
    assert control.outcome == "skipped"
    assert control.detail == "Not there: silver.stg_loans, silver.stg_loan_schedules."


def test_a_law_with_nothing_to_hold_is_skipped_and_not_passed() -> None:
    assert outcomes("double_entry", journal("'berka', '1', 'CZK', 1, 0, current_date")) == [
        ("skipped", "all", None)
    ]


def test_a_law_that_breaks_is_an_error_and_the_others_are_still_held() -> None:
    broken = Control("broken", "", "", (), "select nothing from nowhere", "things")
    found = evaluate_controls(duckdb.connect(), DAY, [broken, BY_NAME["double_entry"]])
    assert [(c.name, c.outcome) for c in found] == [
        ("broken", "error"),
        ("double_entry", "skipped"),
    ]
    assert "nowhere" in found[0].detail


def test_controls_become_rows_with_the_run_that_held_them() -> None:
    now = datetime(2026, 2, 1, 6, 0, tzinfo=UTC)
    frame = to_frame(evaluated("loan_schedule", lent()), run_id="r1", recorded_at=now)
    assert frame["difference"].to_list() == [Decimal(0), Decimal("-0.010")]
    assert frame["run_id"].to_list() == ["r1", "r1"]


def test_every_law_says_what_it_is_and_where_it_comes_from() -> None:
    assert len(BY_NAME) == len(CONTROLS)
    assert all(control.statement and control.source and control.unit for control in CONTROLS)
