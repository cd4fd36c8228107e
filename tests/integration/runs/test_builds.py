"""Every table's figures belong to a build on record; one that did not end is made again."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import dagster as dg
import polars as pl
import pytest

from pipelines.defs.runs import STARTED_BY, scope_of, who_started
from pipelines.lake.lake import Lake
from pipelines.records.control_tables import CONTROLS, CONTROLS_SCHEMA
from pipelines.runs.builds import (
    BUILDS,
    EVERYTHING,
    as_of_of_last_run,
    begin_build,
    builds,
    end_build,
    is_current,
    last_build,
)
from pipelines.runs.inputs import Inputs
from quality.contract import INSTANT

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
TODAY, EARLIER = date(2026, 6, 30), date(2026, 6, 25)


def _inputs(day: date = TODAY, **versions: int) -> Inputs:
    return Inputs(day, {"bronze/ledger_postings": 3, **versions}, "code")


def _begin(
    lake: Lake, run_id: str, *, day: date = TODAY, scope: Any = EVERYTHING, minute: int = 0
) -> None:
    begin_build(
        lake,
        _inputs(day),
        run_id=run_id,
        scope=scope,
        started_by="a test",
        now=NOON + timedelta(minutes=minute),
    )


def _whole(lake: Lake, run_id: str, *, day: date = TODAY, minute: int = 0) -> None:
    _begin(lake, run_id, day=day, minute=minute)
    ended = NOON + timedelta(minutes=minute, seconds=30)
    assert end_build(lake, _inputs(day), run_id=run_id, now=ended)


def test_figures_stand_when_the_last_build_ended_and_its_inputs_are_the_same(lake: Lake) -> None:
    assert not is_current(lake, _inputs())
    _whole(lake, "first")
    assert is_current(lake, _inputs())
    assert not is_current(lake, Inputs(TODAY, {"bronze/ledger_postings": 4}, "code"))
    assert not is_current(lake, _inputs(EARLIER))


@pytest.mark.parametrize(
    ("day", "scope"),
    [(EARLIER, EVERYTHING), (TODAY, EVERYTHING), (EARLIER, "gold/fct_cash_position")],
)
def test_a_build_that_began_and_did_not_end_is_made_again(lake: Lake, day: Any, scope: Any) -> None:
    _whole(lake, "first")
    _begin(lake, "killed", day=day, scope=scope, minute=5)
    assert not is_current(lake, _inputs())
    _whole(lake, "again", minute=10)
    assert is_current(lake, _inputs())


def test_a_build_of_some_tables_never_ends_as_a_whole_one(lake: Lake) -> None:
    _begin(lake, "part", scope="gold/fct_cash_position")
    assert not end_build(lake, _inputs(), run_id="part", now=NOON)
    assert not end_build(lake, _inputs(), run_id="never begun", now=NOON)
    assert [one.is_whole for one in builds(lake)] == [False]


def test_a_clock_that_was_set_back_does_not_change_which_build_was_the_last(lake: Lake) -> None:
    _whole(lake, "first", minute=90)
    _begin(lake, "killed", minute=1)
    last = last_build(lake)
    assert last is not None
    assert (last.run_id, last.number) == ("killed", 2)
    assert not is_current(lake, _inputs())


def test_a_run_puts_its_build_on_record_once(lake: Lake) -> None:
    _begin(lake, "one")
    _begin(lake, "one", minute=3)
    assert [one.number for one in builds(lake)] == [1]


def test_the_day_of_the_figures_is_that_of_the_last_whole_build(lake: Lake) -> None:
    assert as_of_of_last_run(lake) is None
    _whole(lake, "first")
    _begin(lake, "killed", day=EARLIER, minute=5)
    assert as_of_of_last_run(lake) == TODAY
    _whole(lake, "earlier", day=EARLIER, minute=10)
    assert as_of_of_last_run(lake) == EARLIER


def test_without_a_build_on_record_the_controls_tell_the_day(lake: Lake) -> None:
    row = {"name": "x", "as_of": TODAY, "recorded_at": NOON}
    rows = pl.DataFrame([row], schema=pl.Schema(CONTROLS_SCHEMA))
    lake.append_once(CONTROLS, rows, transaction_ids=["x"])
    assert as_of_of_last_run(lake) == TODAY


def test_a_record_of_an_older_release_is_read_and_added_to(lake: Lake) -> None:
    old = {
        "fingerprint": _inputs().fingerprint,
        "as_of": TODAY,
        "run_id": "old",
        "inputs": '{"bronze/ledger_postings": 3}',
        "recorded_at": NOON,
    }
    texts = dict.fromkeys(("fingerprint", "run_id", "inputs"), pl.String())
    schema = {**texts, "as_of": pl.Date(), "recorded_at": INSTANT}
    lake.append_once(BUILDS, pl.DataFrame([old], schema=schema), transaction_ids=["old"])
    assert is_current(lake, _inputs())
    _begin(lake, "killed", minute=5)
    assert not is_current(lake, _inputs())
    _whole(lake, "new", minute=10)
    assert [one.is_whole for one in builds(lake)] == [True, False, True]


def test_decisions_taken_during_a_build_are_for_the_next_one() -> None:
    at_end = Inputs(TODAY, {"bronze/x": 2, "control/decisions": 9}, "code")
    of_build = at_end.decided_before({"bronze/x": 1, "control/decisions": 8})
    assert of_build.versions == {"bronze/x": 2, "control/decisions": 8}


def _run(job: str = "everything", **more: Any) -> dg.DagsterRun:
    return dg.DagsterRun(job_name=job, run_id="0123456789", **more)


def test_the_scope_of_a_run_is_everything_or_says_what_it_makes() -> None:
    some = frozenset({dg.AssetKey(["gold", "fct_breaks"]), dg.AssetKey(["gold", "dim_account"])})
    assert scope_of(_run()) == EVERYTHING
    assert scope_of(_run(asset_selection=some)) == "gold/dim_account, gold/fct_breaks"
    assert scope_of(_run("__ASSET_JOB", asset_selection=some)) != EVERYTHING
    assert scope_of(_run(parent_run_id="1", root_run_id="1")) == EVERYTHING
    assert scope_of(_run(tags={"dagster/is_resume_retry": "true"})) not in ("", EVERYTHING)
    assert scope_of(_run(tags={"dagster/step_selection": "gold"})) not in ("", EVERYTHING)
    assert scope_of(_run("maintenance_job")) == ""


def test_who_started_a_run_is_told_in_words() -> None:
    assert who_started(_run(tags={STARTED_BY: "countinghouse run"})) == "countinghouse run"
    assert "file_landed" in who_started(_run(tags={"dagster/sensor_name": "file_landed"}))
    assert "each_morning" in who_started(_run(tags={"dagster/schedule_name": "each_morning"}))
    assert "01234567" in who_started(_run("__ASSET_JOB"))
