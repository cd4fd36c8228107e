"""The sensor asks for a run when a file waits, and for none when nothing does."""

from datetime import UTC, date, datetime

import dagster as dg
import pytest

from pipelines.defs.operate.upkeep import file_landed
from pipelines.intake import ensure_tables
from pipelines.lake.lake import Lake
from pipelines.lake.landing import place


@pytest.fixture
def lake(tmp_path) -> Lake:
    lake = Lake(tmp_path / "lake")
    ensure_tables(lake)
    return lake


def _asked(lake: Lake) -> list[object]:
    context = dg.build_sensor_context(resources={"lake": lake})
    return list(file_landed(context))


def test_an_empty_landing_zone_asks_for_nothing(lake):
    (said,) = _asked(lake)
    assert isinstance(said, dg.SkipReason)


def test_a_file_that_lands_asks_for_one_run_of_its_day_until_it_is_taken(lake, tmp_path):
    sent = tmp_path / "holidays.csv"
    sent.write_text(
        "calendar,holiday_date,holiday_name\nTARGET,2026-12-25,Christmas Day\n", "utf-8"
    )
    place(lake, sent, feed="reference", arrived=date(2026, 6, 30), name=sent.name)
    (first,), (again,) = _asked(lake), _asked(lake)
    assert isinstance(first, dg.RunRequest)
    assert first.partition_key == "2026-06-30"
    assert first.run_key == again.run_key


def test_a_file_that_was_taken_asks_for_nothing_more(lake, tmp_path):
    from pipelines.feeds.formats import FORMATS
    from pipelines.intake import ingest
    from pipelines.lake.duck import connect
    from pipelines.lake.landing import scan

    sent = tmp_path / "holidays.csv"
    sent.write_text(
        "calendar,holiday_date,holiday_name\nTARGET,2026-12-25,Christmas Day\n", "utf-8"
    )
    place(lake, sent, feed="reference", arrived=date(2026, 6, 30), name=sent.name)
    with connect(lake) as con:
        ingest(lake, con, scan(lake), formats=FORMATS, now=datetime(2026, 6, 30, tzinfo=UTC))
    (said,) = _asked(lake)
    assert isinstance(said, dg.SkipReason)
