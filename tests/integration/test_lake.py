import os
import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipelines.lake.arrivals import Sorting, land
from pipelines.lake.control import (
    CONTROLS,
    CONTROLS_SCHEMA,
    FILES,
    create_control_tables,
    record_controls,
)
from pipelines.lake.duck import connect
from pipelines.lake.lake import ConflictError, Lake
from pipelines.lake.maintenance import maintain, tables
from pipelines.lake.parts import write_part
from pipelines.lake.status import status
from quality.contract import INSTANT, MONEY, contract

SCHEMA = {"key": pl.String(), "amount": MONEY, "at": INSTANT, "day": pl.Date()}
TABLE = "bronze/things"
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def things(*keys: str) -> pl.DataFrame:
    return pl.DataFrame(
        [(key, Decimal("1.005"), NOON, date(2026, 1, 2)) for key in keys], SCHEMA, orient="row"
    )


def keys(lake: Lake, version: int | None = None) -> list[str]:
    return sorted(lake.read(TABLE, version=version).collect()["key"])


def test_a_table_is_created_once_with_its_types(lake):
    lake.create(TABLE, SCHEMA)
    lake.create(TABLE, SCHEMA)
    assert lake.version(TABLE) == 0
    assert lake.read(TABLE).collect().schema == SCHEMA


def test_many_who_create_and_widen_a_table_at_once_agree(lake):
    start, failures = threading.Barrier(4), []

    def ensure() -> None:
        start.wait()
        try:
            lake.create(TABLE, SCHEMA)
            lake.widen(TABLE, {**SCHEMA, "note": pl.String()})
        except Exception as error:
            failures.append(error)

    ensuring = [threading.Thread(target=ensure) for _ in range(4)]
    for one in ensuring:
        one.start()
    for one in ensuring:
        one.join()
    assert failures == []
    assert lake.read(TABLE).collect_schema() == {**SCHEMA, "note": pl.String()}


def test_a_table_that_is_not_there_has_no_version(lake):
    assert not lake.exists(TABLE)
    assert lake.version(TABLE) is None
    assert lake.version_at(TABLE, NOON) is None
    assert lake.recorded(TABLE, ["a"]) == set()


def test_a_token_is_committed_once(lake):
    lake.create(TABLE, SCHEMA)
    assert lake.append_once(TABLE, things("a", "b"), tokens=["one"]).rows == 2
    again = lake.append_once(TABLE, things("a", "b"), tokens=["one"])
    assert (again.rows, again.version) == (0, 1)
    assert keys(lake) == ["a", "b"]


def test_a_commit_without_rows_still_records_its_tokens(lake):
    lake.create(TABLE, SCHEMA)
    lake.append_once(TABLE, things(), tokens=["one"])
    assert lake.recorded(TABLE, ["one", "two"]) == {"one"}


def test_tokens_that_are_recorded_in_part_are_a_conflict(lake):
    lake.create(TABLE, SCHEMA)
    lake.append_once(TABLE, things("a"), tokens=["one"])
    with pytest.raises(ConflictError, match="1 of 2"):
        lake.append_once(TABLE, things("a", "b"), tokens=["one", "two"])
    assert keys(lake) == ["a"]


def test_tokens_outlive_checkpoints(lake):
    lake.create(TABLE, SCHEMA)
    for number in range(50):
        lake.append_once(TABLE, things(f"k{number}"), tokens=[f"t{number}"])
    lake.open(TABLE).create_checkpoint()
    lake.append_once(TABLE, things("last"), tokens=["last"])
    wanted = [f"t{number}" for number in range(60)] + ["last"]
    seen = lake.recorded(TABLE, wanted)
    assert seen == {*wanted[:50], "last"}
    opened = lake.open(TABLE)
    assert seen == {one for one in wanted if opened.transaction_version(one) is not None}


def test_two_writers_of_the_same_tokens_write_once(lake):
    lake.create(TABLE, SCHEMA)
    start, outcomes = threading.Barrier(4), []

    def write() -> None:
        start.wait()
        outcomes.append(lake.append_once(TABLE, things("a", "b"), tokens=["one", "two"]).rows)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(outcomes) == [0, 0, 0, 2]
    assert keys(lake) == ["a", "b"]


def test_writers_of_different_tokens_all_write(lake):
    lake.create(TABLE, SCHEMA)
    names = [f"w{number}" for number in range(8)]
    writers = [
        threading.Thread(
            target=lake.append_once, args=(TABLE, things(name)), kwargs={"tokens": [name]}
        )
        for name in names
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert keys(lake) == names
    assert lake.recorded(TABLE, names) == set(names)


def test_a_stream_from_duckdb_is_appended_with_its_types(lake):
    lake.create(TABLE, SCHEMA)
    lake.append_once(TABLE, things("a", "b"), tokens=["one"])
    with connect(lake) as con:
        stream = lake.relation(con, TABLE).to_arrow_reader()
        assert lake.append_once(TABLE, stream, tokens=["two"]).rows == 2
    assert lake.read(TABLE).collect().schema == SCHEMA
    assert keys(lake) == ["a", "a", "b", "b"]


def test_parquet_files_are_adopted_as_they_are_and_once(lake, tmp_path):
    lake.create(TABLE, SCHEMA)
    parts = [write_part(things(key), tmp_path / f"{key}.parquet") for key in ("a", "b")]
    assert lake.adopt_once(TABLE, parts, tokens=["one"]).rows == 2
    assert lake.adopt_once(TABLE, parts, tokens=["one"]).rows == 0
    for part in parts:
        part.path.unlink()
    assert keys(lake) == ["a", "b"]
    with connect(lake, delta=True) as con:
        at = "timestamptz '2026-01-02 12:00:00+00'"
        delta = f"select key from delta_scan('{lake.path(TABLE)}') where \"at\" = {at} order by 1"
        assert con.sql(delta).fetchall() == [("a",), ("b",)]
    bounds = lake.open(TABLE).get_add_actions(flatten=True)
    assert set(bounds["min.day"].to_pylist()) == {date(2026, 1, 2)}
    assert set(bounds["null_count.key"].to_pylist()) == {0}


def test_a_file_of_other_columns_is_not_adopted(lake, tmp_path):
    lake.create(TABLE, SCHEMA)
    part = write_part(things("a").drop("day"), tmp_path / "a.parquet")
    with pytest.raises(ValueError, match="has not the columns"):
        lake.adopt_once(TABLE, [part], tokens=["one"])
    assert lake.version(TABLE) == 0


def test_adopting_nothing_still_records_the_tokens(lake):
    lake.create(TABLE, SCHEMA)
    assert lake.adopt_once(TABLE, [], tokens=["one"]).rows == 0
    assert lake.recorded(TABLE, ["one"]) == {"one"}


def test_adopted_files_survive_compaction_and_vacuum(lake, tmp_path):
    lake.create(TABLE, SCHEMA)
    for number in range(10):
        part = write_part(things(f"k{number}"), tmp_path / f"{number}.parquet")
        lake.adopt_once(TABLE, [part], tokens=[f"t{number}"])
    later = datetime.now(UTC) + timedelta(days=100)
    (done,) = maintain(lake, now=later, in_flight=timedelta(0))
    assert (done.files_after, done.deleted) == (1, 10)
    assert keys(lake) == [f"k{number}" for number in range(10)]


def test_earlier_versions_stay_readable(lake):
    lake.create(TABLE, SCHEMA)
    lake.append_once(TABLE, things("a"), tokens=["one"])
    lake.overwrite(TABLE, things("b"), note={"why": "restated"})
    assert keys(lake, version=1) == ["a"]
    assert keys(lake) == ["b"]
    assert lake.open(TABLE).history()[0]["why"] == "restated"


def test_the_version_at_a_moment_is_the_newest_of_then(lake):
    lake.create(TABLE, SCHEMA)
    lake.append_once(TABLE, things("a"), tokens=["one"])
    first, second = sorted(commit["timestamp"] for commit in lake.open(TABLE).history())
    moment = datetime.fromtimestamp(second / 1000, UTC)
    assert lake.version_at(TABLE, moment) == 1
    before = datetime.fromtimestamp(first / 1000, UTC) - timedelta(milliseconds=1)
    assert lake.version_at(TABLE, before) is None


def test_merge_updates_what_has_the_key_and_inserts_the_rest(lake):
    lake.merge(TABLE, things("a", "b"), ["key"])
    lake.merge(TABLE, things("b", "c").with_columns(amount=Decimal("2.000")), ["key"])
    rows = lake.read(TABLE).sort("key").collect()
    assert rows["key"].to_list() == ["a", "b", "c"]
    assert rows["amount"].to_list() == [Decimal("1.005"), Decimal("2.000"), Decimal("2.000")]


@pytest.mark.parametrize("rows", [things("a", "a"), things("a").with_columns(key=pl.lit(None))])
def test_merge_wants_a_key_that_is_given_and_given_once(lake, rows):
    with pytest.raises(ValueError, match="a key is"):
        lake.merge(TABLE, rows.cast(SCHEMA), ["key"])


def test_a_table_without_rows_is_a_typed_empty_view(lake):
    lake.create("bronze/ledger_postings", contract("ledger_postings").stored_schema)
    with connect(lake) as con:
        lake.register(con, "bronze/ledger_postings")
        rows = con.sql("select * from bronze.ledger_postings")
        types = dict(zip(rows.columns, map(str, rows.types), strict=True))
        assert rows.fetchall() == []
    assert types["debit"] == "DECIMAL(18,3)"
    assert types["booking_date"] == "DATE"
    assert types["known_at"] == "TIMESTAMP WITH TIME ZONE"
    assert types["line_number"] == "BIGINT"


def test_views_are_pinned_and_speak_utc(lake):
    lake.create(TABLE, SCHEMA)
    lake.append_once(TABLE, things("a"), tokens=["one"])
    with connect(lake) as con:
        lake.register(con, TABLE)
        lake.append_once(TABLE, things("b"), tokens=["two"])
        rows = con.sql('select key, amount, "at"::varchar from bronze.things').fetchall()
        assert rows == [("a", Decimal("1.005"), "2026-01-02 12:00:00+00")]
        lake.register(con, TABLE, versions={TABLE: 0})
        assert con.sql("select count(*) from bronze.things").fetchall() == [(0,)]


def test_a_view_knows_columns_that_older_files_lack(lake):
    lake.create(TABLE, SCHEMA)
    lake.append_once(TABLE, things("a"), tokens=["one"])
    lake.widen(TABLE, {**SCHEMA, "note": pl.String()})
    lake.append_once(TABLE, things("b").with_columns(note=pl.lit("n")), tokens=["two"])
    with connect(lake) as con:
        found = lake.relation(con, TABLE).project("key, note").fetchall()
    assert sorted(found) == [("a", None), ("b", "n")]


def test_the_delta_extension_reads_a_table_without_a_network(lake):
    lake.create(TABLE, SCHEMA)
    lake.append_once(TABLE, things("a"), tokens=["one"])
    with connect(lake, delta=True) as con:
        found = con.sql(f"select key, amount from delta_scan('{lake.path(TABLE)}')").fetchall()
    assert found == [("a", Decimal("1.005"))]


def test_a_layer_that_links_out_of_the_lake_is_not_followed(lake, tmp_path):
    lake.root.mkdir()
    (lake.root / "bronze").symlink_to(tmp_path)
    with pytest.raises(ValueError, match="out of the lake"):
        lake.path(TABLE)


def test_maintenance_keeps_pinned_versions_and_the_window_and_drops_the_rest(lake):
    for number in range(5):
        lake.overwrite(TABLE, things(f"v{number}"))
    later = datetime.now(UTC) + timedelta(days=100)
    (done,) = maintain(lake, now=later, keep_versions={TABLE: [1]}, in_flight=timedelta(0))
    assert done.kept == (1, 4)
    assert done.deleted == 3
    assert keys(lake, version=1) == ["v1"]
    assert keys(lake) == ["v4"]
    with pytest.raises(FileNotFoundError):
        keys(lake, version=2)


def test_maintenance_within_the_window_drops_nothing(lake):
    for number in range(5):
        lake.overwrite(TABLE, things(f"v{number}"))
    (done,) = maintain(lake, now=datetime.now(UTC), in_flight=timedelta(0))
    assert done.deleted == 0
    assert [keys(lake, version=number) for number in range(5)] == [[f"v{n}"] for n in range(5)]


def test_maintenance_compacts_and_forgets_no_token(lake):
    lake.create(TABLE, SCHEMA)
    for number in range(12):
        lake.append_once(TABLE, things(f"k{number:02}"), tokens=[f"t{number}"])
    later = datetime.now(UTC) + timedelta(days=100)
    (done,) = maintain(lake, now=later, in_flight=timedelta(0))
    assert (done.files_before, done.files_after) == (12, 1)
    assert keys(lake) == [f"k{number:02}" for number in range(12)]
    assert lake.append_once(TABLE, things("k00"), tokens=["t0"]).rows == 0


def test_maintenance_leaves_files_alone_that_a_run_may_still_commit(lake):
    lake.create(TABLE, SCHEMA)
    young, old = lake.path(TABLE) / "young.parquet", lake.path(TABLE) / "old.parquet"
    young.write_bytes(b"x")
    old.write_bytes(b"x")
    os.utime(old, (0, 0))
    maintain(lake, now=datetime.now(UTC))
    assert young.exists()
    assert not old.exists()


def test_maintenance_sweeps_what_killed_runs_left(lake):
    left = lake.scratch / "intake" / "left"
    left.mkdir(parents=True)
    os.utime(left, (0, 0))
    maintain(lake, now=datetime.now(UTC))
    assert not left.exists()


def test_tables_lists_what_is_there(lake):
    create_control_tables(lake)
    lake.create(TABLE, SCHEMA)
    control = ("break_events", "controls", "decisions", "files", "period_closes", "quarantine")
    assert tables(lake) == (TABLE, *(f"control/{name}" for name in control))


def control(outcome: str, recorded_at: datetime) -> pl.DataFrame:
    zero = Decimal("0.000")
    row = ("chain", "A1", date(2026, 1, 2), outcome, zero, zero, zero, "", "run", recorded_at)
    return pl.DataFrame([row], CONTROLS_SCHEMA, orient="row")


def test_status_gives_the_latest_word_of_each_control(lake):
    record_controls(lake, control("failed", NOON), token="1")
    record_controls(lake, control("passed", NOON + timedelta(hours=1)), token="2")
    record_controls(lake, control("failed", NOON), token="1")
    assert lake.read(CONTROLS).collect().height == 2
    (said,) = status(lake).as_json()["controls"]
    assert said["outcome"] == "passed"
    assert (said["as_of"], said["difference"]) == ("2026-01-02", "0.000")


def test_status_says_on_which_days_a_control_is_missing_until_it_is_caught_up(lake):
    record_controls(lake, control("passed", NOON), token="1")
    days = pl.concat(
        [control("missing", NOON).with_columns(as_of=date(2026, 1, d)) for d in (2, 5)]
    )
    lake.overwrite("gold/fct_controls", days)
    said = [(c["as_of"], c["outcome"]) for c in status(lake).as_json()["controls"]]
    assert said == [("2026-01-02", "passed"), ("2026-01-05", "missing")]


def test_status_of_a_lake_that_never_ran_is_empty(lake):
    assert status(lake).as_json() == {"files": [], "controls": []}
    assert not lake.exists(FILES)


def test_links_are_refused_and_not_followed(lake, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "secret").write_text("secret")
    (folder / "link.csv").symlink_to(tmp_path / "secret")
    (folder / "away").symlink_to(tmp_path)
    arrivals = land(
        lake, folder, arrived=date(2026, 1, 2), sorting=Sorting({"ledger"}, lambda *_: "ledger")
    )
    assert arrivals.landed == ()
    assert [turned.state for turned in arrivals.turned] == ["refused", "refused"]
