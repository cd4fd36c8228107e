"""The status of a lake is the latest word of each control."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import polars as pl

from pipelines.lake.lake import Lake
from pipelines.records.control_tables import CONTROLS, CONTROLS_SCHEMA, FILES, record_controls
from pipelines.records.status import status
from tests.integration.lake.things import NOON


def control(outcome: str, recorded_at: datetime) -> pl.DataFrame:
    row = {
        "name": "chain",
        "scope": "A1",
        "as_of": date(2026, 1, 2),
        "outcome": outcome,
        **dict.fromkeys(("expected", "actual", "difference"), Decimal("0.000")),
        "detail": "",
        "run_id": "run",
        "recorded_at": recorded_at,
    }
    return pl.DataFrame([row], CONTROLS_SCHEMA)


def test_status_gives_the_latest_word_of_each_control(lake: Lake) -> None:
    record_controls(lake, control("failed", NOON), transaction_id="1")
    record_controls(lake, control("passed", NOON + timedelta(hours=1)), transaction_id="2")
    record_controls(lake, control("failed", NOON), transaction_id="1")
    assert lake.read(CONTROLS).collect().height == 2
    (said,) = status(lake).as_json()["controls"]
    assert said["outcome"] == "passed"
    assert (said["as_of"], said["difference"]) == ("2026-01-02", "0.000")


def test_a_scope_that_failed_holds_when_the_next_run_of_the_day_does_not_name_it(
    lake: Lake,
) -> None:
    failed = control("failed", NOON).with_columns(scope=pl.lit("journal J1"))
    record_controls(lake, failed, transaction_id="1")
    mended = control("passed", NOON + timedelta(hours=1)).with_columns(run_id=pl.lit("next"))
    record_controls(lake, mended, transaction_id="2")
    assert [(c["scope"], c["outcome"]) for c in status(lake).as_json()["controls"]] == [
        ("A1", "passed")
    ]


def test_status_says_on_which_days_a_control_is_missing_until_it_is_caught_up(lake: Lake) -> None:
    record_controls(lake, control("passed", NOON), transaction_id="1")
    days = pl.concat(
        [control("missing", NOON).with_columns(as_of=date(2026, 1, d)) for d in (2, 5)]
    )
    lake.overwrite("gold/fct_controls", days)
    said = [(c["as_of"], c["outcome"]) for c in status(lake).as_json()["controls"]]
    assert said == [("2026-01-02", "passed"), ("2026-01-05", "missing")]


def test_the_status_as_of_a_day_leaves_out_the_controls_of_later_days(lake: Lake) -> None:
    record_controls(lake, control("passed", NOON), transaction_id="1")
    later = control("failed", NOON).with_columns(as_of=date(2026, 1, 5))
    record_controls(lake, later, transaction_id="2")
    lake.overwrite("gold/fct_controls", later.with_columns(outcome=pl.lit("missing")))
    (said,) = status(lake, date(2026, 1, 2)).as_json()["controls"]
    assert (said["as_of"], said["outcome"]) == ("2026-01-02", "passed")


def test_status_of_a_lake_that_never_ran_is_empty(lake: Lake) -> None:
    assert status(lake).as_json() == {"files": [], "quarantine": [], "controls": []}
    assert not lake.exists(FILES)
