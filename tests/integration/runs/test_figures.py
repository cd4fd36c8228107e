"""As of which day each mart speaks, whatever ran last and however it ended."""

from datetime import UTC, date, datetime, timedelta

import polars as pl

from pipelines.commands.status.figures import figures_json, print_figures
from pipelines.ingestion.file_records import FileRecord
from pipelines.ingestion.file_registry import record
from pipelines.lake.lake import Lake
from pipelines.output.terminal import Terminal
from pipelines.records.status import status
from pipelines.runs.builds import EVERYTHING, begin_build, end_build
from pipelines.runs.figures import figures
from pipelines.runs.inputs import Inputs

TODAY, EARLIER = date(2026, 6, 30), date(2026, 6, 25)
ROWS = pl.DataFrame({"amount": [1]})


def _write(lake: Lake, mart: str, day: date) -> None:
    lake.overwrite(f"gold/{mart}", ROWS, note={"as_of": day.isoformat()})


def _begin(lake: Lake, run_id: str, day: date, scope: str = EVERYTHING) -> None:
    inputs = Inputs(day, {}, "code")
    now = datetime.now(UTC)
    begin_build(lake, inputs, run_id=run_id, scope=scope, started_by="somebody", now=now)


def _whole(lake: Lake, run_id: str, day: date, *written: str) -> None:
    _begin(lake, run_id, day)
    for mart in written:
        _write(lake, mart, day)
    now = datetime.now(UTC) + timedelta(milliseconds=2)
    assert end_build(lake, Inputs(day, {}, "code"), run_id=run_id, now=now)


def _said(lake: Lake) -> str:
    console = Terminal(width=200)
    with console.capture() as captured:
        print_figures(console, figures(lake), later=0)
    return captured.get()


def test_all_marts_of_a_whole_build_speak_as_of_its_day_also_those_it_left_unchanged(
    lake: Lake,
) -> None:
    _whole(lake, "first", EARLIER, "fct_a", "fct_b")
    _whole(lake, "second", TODAY, "fct_a")
    stand = figures(lake)
    assert stand.marts == {"gold/fct_a": TODAY, "gold/fct_b": TODAY}
    assert stand.unfinished is None
    assert "Figures as of 2026-06-30: all 2 marts" in _said(lake)


def test_a_killed_build_of_another_day_is_named_with_the_marts_that_it_wrote(lake: Lake) -> None:
    _whole(lake, "first", TODAY, "fct_a", "fct_b")
    _begin(lake, "killed", EARLIER)
    _write(lake, "fct_b", EARLIER)
    stand = figures(lake)
    assert stand.by_day == {TODAY: ("gold/fct_a",), EARLIER: ("gold/fct_b",)}
    said = " ".join(_said(lake).split())
    assert "as of 2026-06-25, started by somebody" in said
    assert "the next run makes them again" in said
    plain = figures_json(stand, later=0, held_back=())
    assert {one["mart"]: one["as_of"] for one in plain["marts"]}["gold/fct_b"] == "2026-06-25"
    assert plain["unfinished_build"]["as_of"] == "2026-06-25"


def test_upkeep_changes_no_day(lake: Lake) -> None:
    _whole(lake, "first", TODAY, "fct_a")
    _begin(lake, "part", EARLIER, scope="gold/fct_a")
    _write(lake, "fct_a", EARLIER)
    lake.open("gold/fct_a").optimize.compact()
    assert figures(lake).marts == {"gold/fct_a": EARLIER}


def test_files_are_counted_as_of_the_day(lake: Lake) -> None:
    records = [
        FileRecord("ledger", f"ledger/{day}/a.csv", f"sha of {day}", day, "loaded")
        for day in (EARLIER, TODAY)
    ]
    record(lake, records, datetime.now(UTC))
    assert status(lake).files.height == 2
    assert status(lake, EARLIER).files["file"].to_list() == ["ledger/2026-06-25/a.csv"]
