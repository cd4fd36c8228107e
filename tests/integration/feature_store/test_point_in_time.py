"""The point-in-time join against what it means, said plainly and slowly."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.events import History, between, latest
from features.point_in_time import point_in_time

START = datetime(2026, 3, 29, tzinfo=UTC)
EVENTS = pa.schema(
    {
        "customer": pa.string(),
        "true_at": pa.timestamp("us", "UTC"),
        "learned": pa.timestamp("us", "UTC"),
        "count": pa.int64(),
        "share": pa.float64(),
    }
)
ROWS = pa.schema(
    {"customer_id": pa.string(), "moment": pa.timestamp("us", "UTC"), "label": pa.int64()}
)


def at(step: float) -> datetime:
    return START + timedelta(hours=step)


def history(ttl: Any = None, by_knowledge: bool = True) -> Any:
    return History(
        relation="events",
        keys={"customer": "customer_id"},
        features={"count": "v__count", "share": "v__share"},
        event_timestamp="true_at",
        known_at="learned",
        ttl=ttl,
        by_knowledge=by_knowledge,
    )


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as con:
        con.execute("SET TimeZone = 'UTC'")
        yield con


def join(con: duckdb.DuckDBPyConnection, events: Any, rows: Any, **how: Any) -> list[Any]:
    con.register("events", pa.Table.from_pylist(events, EVENTS))
    table = pa.Table.from_pylist(rows, ROWS)
    found: list[Any] = point_in_time(con, table, "moment", [history(**how)]).to_pylist()
    return found


def meant(events: Any, row: Any, ttl: Any, by_knowledge: bool) -> dict[str, Any]:
    """The features of one entity row, by the definition."""

    def lowest_first(value: Any) -> tuple[bool, Any]:
        return (value is not None, value or 0)

    visible = [
        each
        for each in events
        if row["customer_id"] is not None
        and each["customer"] == row["customer_id"]
        and row["moment"] is not None
        and each["true_at"] is not None
        and each["true_at"] <= row["moment"]
        and not (by_knowledge and (each["learned"] is None or each["learned"] > row["moment"]))
    ]
    best = max(
        visible,
        key=lambda each: (
            each["true_at"],
            (each["learned"] is not None, each["learned"] or START),
            lowest_first(each["count"]),
            lowest_first(each["share"]),
        ),
        default=None,
    )
    if best is None or (ttl is not None and best["true_at"] < row["moment"] - ttl):
        return {**row, "v__count": None, "v__share": None}
    return {**row, "v__count": best["count"], "v__share": best["share"]}


keys = st.sampled_from(["a", "b", None])
moments = st.integers(0, 12).map(at)
events_drawn = st.lists(
    st.fixed_dictionaries(
        {
            "customer": keys,
            "true_at": st.one_of(moments, st.none()),
            "learned": st.one_of(moments, st.none()),
            "count": st.one_of(st.integers(0, 3), st.none()),
            "share": st.one_of(st.sampled_from([0.5, 1.5]), st.none()),
        }
    ),
    max_size=14,
)
rows_drawn = st.lists(
    st.fixed_dictionaries(
        {
            "customer_id": st.sampled_from(["a", "b", "c", None]),
            "moment": st.one_of(moments, st.none()),
            "label": st.integers(0, 9),
        }
    ),
    max_size=8,
)
ttls = st.sampled_from([None, timedelta(0), timedelta(hours=1), timedelta(hours=4)])


@settings(deadline=None, max_examples=150)
@given(events_drawn, rows_drawn, ttls, st.booleans())
def test_the_join_gives_what_its_definition_says(
    con: duckdb.DuckDBPyConnection, events: Any, rows: Any, ttl: Any, by_knowledge: bool
) -> None:
    found = join(con, events, rows, ttl=ttl, by_knowledge=by_knowledge)
    assert found == [meant(events, row, ttl, by_knowledge) for row in rows]


@settings(deadline=None)
@given(events_drawn, rows_drawn, st.randoms(use_true_random=False))
def test_the_order_of_the_events_changes_nothing(
    con: duckdb.DuckDBPyConnection, events: Any, rows: Any, random: Any
) -> None:
    shuffled = random.sample(events, len(events))
    assert join(con, shuffled, rows) == join(con, events, rows)


@settings(deadline=None)
@given(events_drawn, events_drawn, rows_drawn)
def test_what_is_learned_later_changes_no_earlier_answer(
    con: duckdb.DuckDBPyConnection, events: Any, later: Any, rows: Any
) -> None:
    """The law of knowledge time: the future of a lake cannot reach into its past."""
    horizon = at(12) + timedelta(microseconds=1)
    beyond = [{**each, "learned": horizon} for each in later]
    assert join(con, events + beyond, rows) == join(con, events, rows)


@settings(deadline=None)
@given(events_drawn, moments, st.booleans())
def test_the_newest_of_each_key_is_what_the_join_finds_there(
    con: duckdb.DuckDBPyConnection, events: Any, moment: Any, by_knowledge: bool
) -> None:
    con.register("events", pa.Table.from_pylist(events, EVENTS))
    how = history(by_knowledge=by_knowledge)
    newest = {row["customer"]: row for row in latest(con, how, at(0), moment).to_pylist()}
    rows = [{"customer_id": key, "moment": moment, "label": 0} for key in ("a", "b")]
    for row in join(con, events, rows, by_knowledge=by_knowledge):
        found = newest.get(row["customer_id"], {"count": None, "share": None})
        assert (row["v__count"], row["v__share"]) == (found["count"], found["share"])


def test_an_event_at_the_very_moment_counts(con: duckdb.DuckDBPyConnection) -> None:
    events = [{"customer": "a", "true_at": at(1), "learned": at(1), "count": 7}]
    rows = [
        {"customer_id": "a", "moment": at(1)},
        {"customer_id": "a", "moment": at(1) - timedelta(microseconds=1)},
    ]
    assert [row["v__count"] for row in join(con, events, rows)] == [7, None]


def test_an_event_counts_up_to_the_last_microsecond_of_its_time(
    con: duckdb.DuckDBPyConnection,
) -> None:
    events = [{"customer": "a", "true_at": at(0), "learned": at(0), "count": 7}]
    rows = [
        {"customer_id": "a", "moment": at(2)},
        {"customer_id": "a", "moment": at(2) + timedelta(microseconds=1)},
    ]
    found = join(con, events, rows, ttl=timedelta(hours=2))
    assert [row["v__count"] for row in found] == [7, None]


def test_a_newer_event_that_is_stale_is_not_replaced_by_an_older_one_learned_later(
    con: duckdb.DuckDBPyConnection,
) -> None:
    events = [
        {"customer": "a", "true_at": at(2), "learned": at(2), "count": 2},
        {"customer": "a", "true_at": at(1), "learned": at(5), "count": 1},
    ]
    rows = [{"customer_id": "a", "moment": at(6)}]
    assert [row["v__count"] for row in join(con, events, rows)] == [2]


def test_a_correction_counts_from_the_moment_it_is_known(con: duckdb.DuckDBPyConnection) -> None:
    events = [
        {"customer": "a", "true_at": at(1), "learned": at(1), "count": 10},
        {"customer": "a", "true_at": at(1), "learned": at(4), "count": 11},
    ]
    rows = [{"customer_id": "a", "moment": at(hour)} for hour in (3, 4)]
    assert [row["v__count"] for row in join(con, events, rows)] == [10, 11]


def test_repeated_rows_and_rows_without_an_answer_stay_where_they_are(
    con: duckdb.DuckDBPyConnection,
) -> None:
    events = [{"customer": "a", "true_at": at(1), "learned": at(1), "count": 7}]
    rows = [{"customer_id": key, "moment": at(3), "label": 1} for key in ("zz", "a", "a", "zz")]
    assert [row["v__count"] for row in join(con, events, rows)] == [None, 7, 7, None]


def test_a_moment_in_nanoseconds_or_without_a_zone_is_the_same_moment(
    con: duckdb.DuckDBPyConnection,
) -> None:
    con.register(
        "events",
        pa.Table.from_pylist(
            [{"customer": "a", "true_at": at(1), "learned": at(1), "count": 7}], EVENTS
        ),
    )
    rows = pa.Table.from_pylist([{"customer_id": "a", "moment": at(1)}], ROWS)
    for kind in (pa.timestamp("ns", "UTC"), pa.timestamp("us"), pa.timestamp("ns")):
        cast = rows.set_column(1, "moment", rows["moment"].cast(kind))
        answer = point_in_time(con, cast, "moment", [history()])
        assert answer["v__count"].to_pylist() == [7]
        assert answer.schema.field("moment").type == kind


def test_events_before_1970_are_events_like_others(con: duckdb.DuckDBPyConnection) -> None:
    long_ago = datetime(1931, 5, 11, tzinfo=UTC)
    events = [{"customer": "a", "true_at": long_ago, "learned": long_ago, "count": 7}]
    rows = [{"customer_id": "a", "moment": long_ago + timedelta(seconds=1)}]
    assert [row["v__count"] for row in join(con, events, rows)] == [7]


def test_a_row_that_already_has_a_column_named_like_a_feature_is_refused(
    con: duckdb.DuckDBPyConnection,
) -> None:
    con.register("events", EVENTS.empty_table())
    rows = ROWS.empty_table().append_column("V__count", pa.array([], pa.int64()))
    with pytest.raises(ValueError, match="'v__count' of events is also in the entity rows"):
        point_in_time(con, rows, "moment", [history()])


def test_two_histories_with_a_feature_of_one_name_are_refused(
    con: duckdb.DuckDBPyConnection,
) -> None:
    con.register("events", EVENTS.empty_table())
    with pytest.raises(ValueError, match="is also in events"):
        point_in_time(con, ROWS.empty_table(), "moment", [history(), history()])


def test_a_row_without_the_key_of_a_history_is_refused(con: duckdb.DuckDBPyConnection) -> None:
    con.register("events", EVENTS.empty_table())
    rows = ROWS.empty_table().drop_columns(["customer_id"])
    with pytest.raises(ValueError, match="no column 'customer_id'"):
        point_in_time(con, rows, "moment", [history()])


def test_the_events_between_two_moments_are_those_known_at_the_later_one(
    con: duckdb.DuckDBPyConnection,
) -> None:
    events = [
        {"customer": "a", "true_at": at(1), "learned": at(1), "count": 1},
        {"customer": "a", "true_at": at(2), "learned": at(9), "count": 2},
        {"customer": "a", "true_at": at(3), "learned": at(3), "count": 3},
        {"customer": "a", "true_at": at(4), "learned": at(4), "count": 4},
    ]
    con.register("events", pa.Table.from_pylist(events, EVENTS))
    found = between(con, history(), at(1), at(3))
    assert sorted(found["count"].to_pylist()) == [1, 3]
    everything = between(con, history(), None, None)
    assert everything.num_rows == 4
