"""The point-in-time join: for each entity row, the newest event that was known at its moment.

An event is *visible* at a moment when it had happened (`event_timestamp`) and was known
(`known_at`) by then. Of the visible ones the newest event counts; of several versions of it the one
learned last. It counts for `ttl`, that moment included. No Feast and no files in here: DuckDB
relations in, an Arrow table out.

Only keys and times are joined, as numbers; the features are fetched for the events found. So the
cost is that of sorting the keys and times once, however many events fall inside a `ttl`.
"""

from collections.abc import Sequence

import duckdb
import numpy as np
import pyarrow as pa

from features.events import MICROSECOND, History, canonical, listed, quoted, ties

# Event and knowledge time side by side in one HUGEINT, both made positive: one number to compare.
_HALF = 2**62
_VERSION = f"(event_us::HUGEINT + {_HALF}) * {2**63} + (known_us + {_HALF})"
_EVENT_US = f"(version // {2**63} - {_HALF})::BIGINT"
_KNOWN_US = f"(version % {2**63} - {_HALF})::BIGINT"


def point_in_time(
    con: duckdb.DuckDBPyConnection, entities: pa.Table, moment: str, histories: Sequence[History]
) -> pa.Table:
    """The entity rows, each with the features that were known at its moment.

    Args:
        con: connection in which the histories' relations are visible; its time zone is UTC.
        entities: the entity rows: their keys, their moment and whatever else they carry.
        moment: the column of `entities` that holds the moment; one without a zone is in UTC.
        histories: where the features are.

    Returns:
        The same rows in the same order, with the features' columns behind; null where nothing was
        visible yet or any more.

    Raises:
        ValueError: a name would stand for two columns, or the rows lack a key or their moment.
    """
    _refuse_ambiguity(entities.column_names, moment, histories)
    keys = {key for history in histories for key in history.keys.values()} - {moment}
    narrow = entities.select([*sorted(keys), moment]).append_column(
        "row_id", pa.array(range(entities.num_rows), pa.int64())
    )
    con.register("numbered", narrow)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE entity_rows AS SELECT *,"
        f" epoch_us(CAST({quoted(moment)} AS TIMESTAMPTZ)) AS at_us FROM numbered"
    )
    con.unregister("numbered")
    answer = entities
    for history in histories:
        rows_found = _features(con, history)
        for name, column in zip(history.features.values(), rows_found.columns, strict=True):
            answer = answer.append_column(name, column)
    return answer


def _refuse_ambiguity(carried: Sequence[str], moment: str, histories: Sequence[History]) -> None:
    for column in (moment, *(key for each in histories for key in each.keys.values())):
        if column not in carried:
            raise ValueError(f"the entity rows have no column {column!r}")
    taken = {name.lower(): "the entity rows" for name in carried}
    for history in histories:
        for name in history.features.values():
            if owner := taken.get(name.lower()):
                raise ValueError(f"feature {name!r} of {history.relation} is also in {owner}")
            taken[name.lower()] = history.relation


def _features(con: duckdb.DuckDBPyConnection, history: History) -> pa.Table:
    """The features of one history for all entity rows, in the rows' order."""
    canonical(con, history)
    _number_keys(con, history)
    _find(con, history)
    fetched = _fetch(con, history)
    rows = con.execute("SELECT count(*) FROM entity_rows").fetchone() or (0,)
    place, absent = np.zeros(rows[0], np.int64), np.ones(rows[0], np.bool_)
    row_ids = fetched.column("row_id").to_numpy()
    place[row_ids], absent[row_ids] = np.arange(len(row_ids)), False
    return fetched.drop_columns(["row_id"]).take(pa.array(place, mask=absent))


def _number_keys(con: duckdb.DuckDBPyConnection, history: History) -> None:
    """Make the tables `numbers` (keys, key_id) and `asked` (row_id, key_id, at_us)."""
    count = len(history.keys)
    types = [row[1] for row in con.execute("DESCRIBE history").fetchall()[:count]]
    keys = ", ".join(
        f"CAST({quoted(key)} AS {kind}) AS k{n}"
        for n, (key, kind) in enumerate(zip(history.keys.values(), types, strict=True))
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE cast_rows AS SELECT row_id, at_us, {keys} FROM entity_rows"
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE numbers AS SELECT *, row_number() OVER () AS key_id"
        f" FROM (SELECT DISTINCT {listed('k', count)} FROM cast_rows)"
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE asked AS SELECT row_id, key_id, at_us"
        f" FROM cast_rows JOIN numbers USING ({listed('k', count)}) WHERE at_us IS NOT NULL"
    )
    con.execute("DROP TABLE cast_rows")


def _find(con: duckdb.DuckDBPyConnection, history: History) -> None:
    """Make the table `picks` (row_id, key_id, version): the version visible to each entity row."""
    ttl_us = None if history.ttl is None else history.ttl // MICROSECOND
    first, last = con.execute("SELECT min(at_us), max(at_us) FROM asked").fetchone() or (0, 0)
    bounds = ["event_at <= make_timestamptz($last)"]
    parameters = {"last": last}
    if ttl_us is not None:
        bounds.append("event_at >= make_timestamptz($first)")
        parameters["first"] = None if first is None else first - ttl_us
    if history.by_knowledge:
        bounds.append("known_at <= make_timestamptz($last)")
    visible = "greatest(event_us, known_us)" if history.by_knowledge else "event_us"
    alive = "" if ttl_us is None else f"WHERE {_EVENT_US} >= at_us - {ttl_us}"
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE picks AS
        WITH candidate AS (
            SELECT key_id, epoch_us(event_at) AS event_us,
                coalesce(epoch_us(known_at), {1 - _HALF}) AS known_us
            FROM history JOIN numbers USING ({listed("k", len(history.keys))})
            WHERE {" AND ".join(bounds)}
        ),
        visible_versions AS (
            SELECT key_id, {visible} AS visible_us,
                max({_VERSION}) OVER (PARTITION BY key_id ORDER BY {visible}) AS version
            FROM candidate
        )
        SELECT row_id, asked.key_id, version FROM asked
        ASOF JOIN visible_versions
            ON asked.key_id = visible_versions.key_id AND asked.at_us >= visible_versions.visible_us
        {alive}
        """,
        parameters,
    )


def _fetch(con: duckdb.DuckDBPyConnection, history: History) -> pa.Table:
    """The features of each pick, and its `row_id`; of events alike in key and times, one."""
    keys = listed("k", len(history.keys))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE sought AS SELECT row_id, {keys},"
        f" make_timestamptz({_EVENT_US}) AS event_at, {_KNOWN_US} AS known_us"
        " FROM picks JOIN numbers USING (key_id)"
    )
    query = f"""
        SELECT {listed("f", len(history.features))}, row_id
        FROM history JOIN sought USING ({keys}, event_at)
        WHERE coalesce(epoch_us(history.known_at), {1 - _HALF}) = known_us
        """
    rows_found = con.execute(query).to_arrow_table()
    if con.execute("SELECT count(*) FROM sought").fetchone() == (rows_found.num_rows,):
        return rows_found
    alike = f"PARTITION BY row_id ORDER BY {ties(history).lstrip(', ')}"
    return con.execute(f"{query} QUALIFY row_number() OVER ({alike}) = 1").to_arrow_table()
