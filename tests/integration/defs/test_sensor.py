"""The sensor asks for a run when a file waits, and for none when nothing does."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from pipelines.definitions import defs
from pipelines.defs.operate.attempts import retry_not_before
from pipelines.defs.operate.automation import each_business_morning, file_landed
from pipelines.defs.resources import RunClock
from pipelines.ingestion import ensure_tables
from pipelines.lake.lake import Lake
from pipelines.lake.run_lock import run_lock
from pipelines.landing.zone import copy_into_landing
from pipelines.runs.builds import EVERYTHING, begin_build, builds
from pipelines.runs.inputs import Inputs


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path / "lake")
    ensure_tables(lake)
    return lake


def _asked(lake: Lake) -> list[Any]:
    asked: Any = file_landed(dg.build_sensor_context(resources={"lake": lake}))
    return list(asked)


def test_an_empty_landing_zone_asks_for_nothing(lake: Lake) -> None:
    (said,) = _asked(lake)
    assert isinstance(said, dg.SkipReason)


def test_a_file_that_lands_asks_for_one_run_of_its_day_until_it_is_taken(
    lake: Lake, tmp_path: Path
) -> None:
    sent = tmp_path / "holidays.csv"
    sent.write_text(
        "calendar,holiday_date,holiday_name\nTARGET,2026-12-25,Christmas Day\n", "utf-8"
    )
    copy_into_landing(lake, sent, feed="reference", arrived=date(2026, 6, 30), name=sent.name)
    (first,), (again,) = _asked(lake), _asked(lake)
    assert isinstance(first, dg.RunRequest)
    assert first.partition_key == "2026-06-30"
    assert first.run_key == again.run_key


def _holidays(lake: Lake, folder: Path, day: date, content: str = "") -> None:
    sent = folder / "holidays.csv"
    header = "calendar,holiday_date,holiday_name\n"
    sent.write_text(f"{header}TARGET,2026-12-25,Christmas Day\n{content}", "utf-8")
    copy_into_landing(lake, sent, feed="reference", arrived=day, name=sent.name)


def _begin(lake: Lake, run_id: str, begun: datetime) -> None:
    begin_build(
        lake,
        Inputs(date(2026, 6, 30), {}, "code"),
        run_id=run_id,
        scope=EVERYTHING,
        started_by="the sensor",
        now=begun,
    )


def test_another_set_of_waiting_files_is_another_run(lake: Lake, tmp_path: Path) -> None:
    _holidays(lake, tmp_path, date(2026, 6, 30))
    (first,) = _asked(lake)
    # The set that waits has neither a new least nor a new greatest hash, or has: all count.
    for number in range(8):
        _holidays(lake, tmp_path, date(2026, 6, 30), f"TARGET,2027-01-0{number + 1},Day\n")
        (then,) = _asked(lake)
        assert then.run_key != first.run_key
        first = then


def test_a_run_that_failed_is_tried_again_later_and_later(lake: Lake, tmp_path: Path) -> None:
    _holidays(lake, tmp_path, date(2026, 6, 30))
    (first,) = _asked(lake)
    _begin(lake, "failed", datetime.now(UTC))
    (said,) = _asked(lake)
    assert isinstance(said, dg.SkipReason)
    assert "failed" in str(said.skip_message)
    history = [
        replace(builds(lake)[0], number=number, begun_at=datetime(2026, 6, 30, number, tzinfo=UTC))
        for number in range(1, 20)
    ]
    ends = [retry_not_before(history[:n]) for n in range(1, 20)]
    pauses = [end - build.begun_at for end, build in zip(ends, history, strict=True) if end]
    assert len(pauses) == len(history)
    assert pauses == sorted(pauses)
    assert pauses[0] < timedelta(minutes=2)
    assert pauses[-1] == timedelta(hours=1)
    assert isinstance(first, dg.RunRequest)


def test_a_run_that_failed_an_hour_ago_is_asked_for_under_another_key(
    lake: Lake, tmp_path: Path
) -> None:
    _holidays(lake, tmp_path, date(2026, 6, 30))
    (first,) = _asked(lake)
    _begin(lake, "failed", datetime.now(UTC) - timedelta(hours=1))
    (again,) = _asked(lake)
    assert again.run_key != first.run_key
    assert again.tags == first.tags


def test_while_a_run_works_on_the_lake_none_is_asked_for(lake: Lake, tmp_path: Path) -> None:
    _holidays(lake, tmp_path, date(2026, 6, 30))
    with run_lock(lake, "countinghouse run"):
        (said,) = _asked(lake)
    assert "countinghouse run" in said.skip_message


def test_a_file_dated_in_the_future_waits_for_its_day(lake: Lake, tmp_path: Path) -> None:
    _holidays(lake, tmp_path, date(2062, 1, 1))
    (said,) = _asked(lake)
    assert "reference/2062-01-01/holidays.csv" in said.skip_message


def test_a_file_from_before_the_first_partition_is_asked_for_all_the_same(
    lake: Lake, tmp_path: Path
) -> None:
    _holidays(lake, tmp_path, date(2019, 12, 31))
    (asked,) = _asked(lake)
    assert asked.partition_key == "2020-01-01"


@pytest.mark.parametrize(
    ("morning", "evening"),
    [("2026-11-24", "2026-11-23"), ("2026-11-23", "2026-11-22"), ("2026-11-28", "2026-11-27")],
)
def test_the_run_of_the_morning_stands_at_the_evening_before(
    morning: str, evening: str, lake: Lake
) -> None:
    at = datetime.fromisoformat(f"{morning}T06:30").replace(tzinfo=ZoneInfo("Europe/Amsterdam"))
    asked: Any = each_business_morning(dg.build_schedule_context(scheduled_execution_time=at))
    stated = asked.run_config["resources"]["run_clock"]["config"]
    assert RunClock(**stated).as_of(lake) == date.fromisoformat(evening)


def test_a_morning_does_not_turn_back_figures_of_a_file_that_came_since(
    lake: Lake, tmp_path: Path
) -> None:
    _holidays(lake, tmp_path, date(2026, 6, 30))
    _holidays(lake, tmp_path, date(2062, 1, 1))
    assert RunClock(day="2026-06-29", or_later=True).as_of(lake) == date(2026, 6, 30)
    assert RunClock(day="2026-06-29").as_of(lake) == date(2026, 6, 29)
    assert RunClock().as_of(lake) == date(2026, 6, 30)


def test_what_should_run_by_itself_does_run() -> None:
    house = defs()
    for schedule in house.schedules or ():
        assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    for sensor in house.sensors or ():
        assert sensor.default_status == dg.DefaultSensorStatus.RUNNING


def test_a_file_that_was_taken_asks_for_nothing_more(lake: Lake, tmp_path: Path) -> None:
    from pipelines.feeds.formats import FORMATS
    from pipelines.ingestion import ingest
    from pipelines.lake.duckdb_connection import connect
    from pipelines.landing.zone import scan

    sent = tmp_path / "holidays.csv"
    sent.write_text(
        "calendar,holiday_date,holiday_name\nTARGET,2026-12-25,Christmas Day\n", "utf-8"
    )
    copy_into_landing(lake, sent, feed="reference", arrived=date(2026, 6, 30), name=sent.name)
    with connect(lake) as con:
        ingest(lake, con, scan(lake), formats=FORMATS, now=datetime(2026, 6, 30, tzinfo=UTC))
    (said,) = _asked(lake)
    assert isinstance(said, dg.SkipReason)
