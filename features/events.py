"""Events as DuckDB relations: how to read them, and those of a stretch of time.

An event is a row about one entity: true at its event time, learned at its knowledge time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb
import pyarrow as pa

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class History:
    """A DuckDB relation of events, and how its columns are to be read.

    `keys` maps its key columns to those of the entity rows, `features` its feature columns to their
    names in the answer. Without `by_knowledge`, `known_at` only decides between versions of one
    event; without a `known_at`, an event is known when it happens.
    """

    relation: str
    keys: Mapping[str, str]
    features: Mapping[str, str]
    event_timestamp: str
    known_at: str | None
    ttl: timedelta | None
    by_knowledge: bool = True


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def micros(moment: datetime) -> int:
    """Microseconds since 1970 UTC, exactly."""
    return (moment - EPOCH) // MICROSECOND


def latest(
    con: duckdb.DuckDBPyConnection, history: History, since: datetime, until: datetime
) -> pa.Table:
    """For each key, the newest event from `since` to `until` (both included) visible at `until`.

    Returns:
        Keys, features, event and knowledge time under the names of the history, in one chunk, in
        the order of the keys.
    """
    return _rows(
        con,
        history,
        since,
        until,
        f"""
        QUALIFY row_number() OVER (
            PARTITION BY {listed("k", len(history.keys))}
            ORDER BY event_at DESC, known_at DESC NULLS LAST {ties(history)}
        ) = 1
        ORDER BY {listed("k", len(history.keys))}
        """,
    )


def between(
    con: duckdb.DuckDBPyConnection, history: History, since: datetime | None, until: datetime | None
) -> pa.Table:
    """Every event from `since` to `until` (both included; None: no bound) known at `until`."""
    return _rows(con, history, since, until, "")


def _rows(
    con: duckdb.DuckDBPyConnection,
    history: History,
    since: datetime | None,
    until: datetime | None,
    chosen: str,
) -> pa.Table:
    canonical(con, history)
    bounds, parameters = ["TRUE"], {}
    if since is not None:
        bounds.append("event_at >= make_timestamptz($since)")
        parameters["since"] = micros(since)
    if until is not None:
        bounds.append("event_at <= make_timestamptz($until)")
        parameters["until"] = micros(until)
        if history.by_knowledge:
            bounds.append("known_at <= make_timestamptz($until)")
    columns = {
        **{f"k{n}": name for n, name in enumerate(history.keys)},
        **{f"f{n}": name for n, name in enumerate(history.features)},
        "event_at": history.event_timestamp,
    }
    if history.known_at:
        columns["known_at"] = history.known_at
    table = con.execute(
        f"SELECT {', '.join(columns)} FROM history WHERE {' AND '.join(bounds)} {chosen}",
        parameters,
    ).to_arrow_table()
    return table.rename_columns(list(columns.values())).combine_chunks()


def listed(letter: str, count: int) -> str:
    """The columns `<letter>0` to `<letter><count - 1>` as an SQL list."""
    return ", ".join(f"{letter}{n}" for n in range(count))


def canonical(con: duckdb.DuckDBPyConnection, history: History) -> None:
    """The view `history`: keys k0.., features f0.., event_at and known_at, rows that have a key."""
    columns = [f"{quoted(name)} AS k{n}" for n, name in enumerate(history.keys)]
    columns += [f"{quoted(name)} AS f{n}" for n, name in enumerate(history.features)]
    present = " AND ".join(f"k{n} IS NOT NULL" for n in range(len(history.keys)))
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW history AS SELECT * FROM (SELECT {', '.join(columns)},"
        f" {quoted(history.event_timestamp)} AS event_at,"
        f" {quoted(history.known_at or history.event_timestamp)} AS known_at"
        f" FROM {quoted(history.relation)}) WHERE {present}"
    )


def ties(history: History) -> str:
    """The order of rows that are alike in key and both times: by their features."""
    return "".join(f", f{n} DESC NULLS LAST" for n in range(len(history.features)))
