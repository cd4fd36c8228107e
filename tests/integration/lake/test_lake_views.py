"""DuckDB sees the tables of a lake, pinned and with their types."""

from decimal import Decimal

import polars as pl

from pipelines.lake.duckdb_connection import connect
from pipelines.lake.lake import Lake
from quality.contract import contract
from tests.integration.lake.things import SCHEMA, TABLE, things


def test_a_table_without_rows_is_a_typed_empty_view(lake: Lake) -> None:
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


def test_views_are_pinned_and_speak_utc(lake: Lake) -> None:
    lake.create(TABLE, SCHEMA)
    lake.append_once(TABLE, things("a"), transaction_ids=["one"])
    with connect(lake) as con:
        lake.register(con, TABLE)
        lake.append_once(TABLE, things("b"), transaction_ids=["two"])
        rows = con.sql('select key, amount, "at"::varchar from bronze.things').fetchall()
        assert rows == [("a", Decimal("1.005"), "2026-01-02 12:00:00+00")]
        lake.register(con, TABLE, versions={TABLE: 0})
        assert con.sql("select count(*) from bronze.things").fetchall() == [(0,)]


def test_a_view_knows_columns_that_older_files_lack(lake: Lake) -> None:
    lake.create(TABLE, SCHEMA)
    lake.append_once(TABLE, things("a"), transaction_ids=["one"])
    lake.widen(TABLE, {**SCHEMA, "note": pl.String()})
    lake.append_once(TABLE, things("b").with_columns(note=pl.lit("n")), transaction_ids=["two"])
    with connect(lake) as con:
        found = lake.relation(con, TABLE).project("key, note").fetchall()
    assert sorted(found) == [("a", None), ("b", "n")]


def test_a_view_knows_a_column_that_no_file_has_yet(lake: Lake) -> None:
    lake.create(TABLE, SCHEMA)
    lake.append_once(TABLE, things("a"), transaction_ids=["one"])
    lake.widen(TABLE, {**SCHEMA, "note": pl.String()})
    with connect(lake) as con:
        found = lake.relation(con, TABLE).project("key, note").fetchall()
    assert found == [("a", None)]


def test_the_delta_extension_reads_a_table_without_a_network(lake: Lake) -> None:
    lake.create(TABLE, SCHEMA)
    lake.append_once(TABLE, things("a"), transaction_ids=["one"])
    with connect(lake, delta=True) as con:
        found = con.sql(f"select key, amount from delta_scan('{lake.path(TABLE)}')").fetchall()
    assert found == [("a", Decimal("1.005"))]
