"""Delta tables as DuckDB relations: versions, statistics, added columns, partitions."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from deltalake import write_deltalake

from features.delta_tables import MissingTableError, delta_table, register

COLUMNS = ["customer_id", "true_at", "count"]


def on(day: int) -> datetime:
    return datetime(2026, 6, day, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "contacts"


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        yield con


def append(path: Path, day: int, count: int, **how: Any) -> None:
    rows = {"customer_id": ["a"], "true_at": [on(day)], "count": [count], **how.pop("more", {})}
    write_deltalake(str(path), pa.table(rows), mode="append", schema_mode="merge", **how)


def counts(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    *,
    version: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    columns: Sequence[str] = COLUMNS,
) -> list[Any]:
    table = delta_table(path, version)
    con.execute("DROP VIEW IF EXISTS contacts")
    register(con, "contacts", table, columns, moment="true_at", since=since, until=until)
    return [row[0] for row in con.execute('SELECT "count" FROM contacts ORDER BY 1').fetchall()]


def test_a_version_is_what_the_table_was_then(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    for day in (1, 2, 3):
        append(path, day, day)
    assert counts(con, path, version=1) == [1, 2]
    assert counts(con, path) == [1, 2, 3]


def test_a_file_that_cannot_matter_is_not_opened(
    con: duckdb.DuckDBPyConnection, path: Path
) -> None:
    for day in (1, 2, 3):
        append(path, day, day)
    whole = set(delta_table(path).file_uris())
    early = set(delta_table(path, 0).file_uris())
    late = whole - set(delta_table(path, 1).file_uris())
    for uri in early | late:
        Path(uri).unlink()
    assert counts(con, path, since=on(2), until=on(2)) == [2]
    with pytest.raises(duckdb.IOException):
        counts(con, path, since=on(1), until=on(2))


def test_a_column_added_later_is_null_before_and_keeps_its_type(
    con: duckdb.DuckDBPyConnection, path: Path
) -> None:
    append(path, 1, 1)
    append(path, 5, 5, more={"channel": ["sms"]})
    columns = [*COLUMNS, "channel"]
    assert counts(con, path, columns=columns) == [1, 5]
    assert con.table("contacts").types[-1] == "VARCHAR"
    assert counts(con, path, columns=columns, until=on(2)) == [1]
    assert con.table("contacts").types[-1] == "VARCHAR"
    assert con.execute("SELECT channel FROM contacts").fetchall() == [(None,)]


def test_no_file_at_all_is_an_empty_relation_of_the_same_types(
    con: duckdb.DuckDBPyConnection, path: Path
) -> None:
    append(path, 1, 1)
    assert counts(con, path, since=on(9)) == []
    assert con.table("contacts").types == ["VARCHAR", "TIMESTAMP WITH TIME ZONE", "BIGINT"]


def test_a_partition_column_is_read_though_no_file_holds_it(
    con: duckdb.DuckDBPyConnection, path: Path
) -> None:
    append(path, 1, 1, partition_by=["customer_id"])
    append(path, 5, 5, partition_by=["customer_id"])
    assert counts(con, path, since=on(2)) == [5]
    assert con.execute("SELECT DISTINCT customer_id FROM contacts").fetchall() == [("a",)]


def test_a_column_the_table_lacks_is_named(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    append(path, 1, 1)
    with pytest.raises(MissingTableError, match="contacts has no column mood"):
        counts(con, path, columns=[*COLUMNS, "mood"])
