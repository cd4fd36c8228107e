"""Tables in the columns of a contract, as Parquet."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipelines.feeds.contract_tables import parquet
from pipelines.feeds.reading import RefusedError, Source
from tests.recognised import recognise

ROWS = pl.DataFrame(
    {
        "book": ["general"] * 3,
        "journal_id": ["J1", "J1", "J2"],
        "line_number": [1, 2, 1],
        "account_code": ["1000", "2000", "1000"],
        "booking_date": [date(2026, 1, 5)] * 3,
        "posted_at": [datetime(2026, 1, 5, 9, tzinfo=UTC)] * 3,
        "debit": [Decimal("12.50"), Decimal("0.00"), Decimal("1.00")],
        "credit": [Decimal("0.00"), Decimal("12.50"), Decimal("0.00")],
        "currency": ["EUR"] * 3,
    }
)


def write(folder: Path, rows: pl.DataFrame, name: str = "postings.parquet") -> Source:
    path = folder / name
    rows.write_parquet(path)
    return Source(path, name)


def test_a_parquet_ledger_is_read_as_it_was_written(tmp_path: Path) -> None:
    source = write(tmp_path, ROWS)
    assert recognise(source).feed == "ledger"
    (reading,) = parquet.read(source)
    rows = reading.tables["ledger_postings"]
    assert rows.select(ROWS.columns).rows() == ROWS.rows()
    assert rows["source_row"].to_list() == [1, 2, 3]
    assert (reading.rejected.height, reading.findings) == (0, ())


def test_binary_money_is_found_and_taken_only_where_no_digit_is_lost(tmp_path: Path) -> None:
    rows = ROWS.with_columns(pl.Series("debit", [12.5, 0.1 + 0.2, 1.0]))
    (reading,) = parquet.read(write(tmp_path, rows))
    assert reading.tables["ledger_postings"]["debit"].to_list() == [Decimal("12.5"), Decimal(1)]
    assert reading.rejected["source_row"].to_list() == [2]
    assert [finding.code for finding in reading.findings] == ["float_money"]


def test_a_table_of_no_rows_is_read_as_such(tmp_path: Path) -> None:
    (reading,) = parquet.read(write(tmp_path, ROWS.clear()))
    assert reading.tables["ledger_postings"].height == 0


def test_columns_of_no_contract_and_broken_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="fit no table: a"):
        list(parquet.read(write(tmp_path, pl.DataFrame({"a": [1]}))))
    source = write(tmp_path, ROWS)
    source.path.write_bytes(source.path.read_bytes()[:-40])
    with pytest.raises(RefusedError, match="cannot be read"):
        list(parquet.read(source))


def test_a_table_of_another_feed_is_refused_with_where_it_belongs(tmp_path: Path) -> None:
    source = write(tmp_path, ROWS)
    (claims,) = [known for known in parquet.FORMATS if known.feed == "claims"]
    with pytest.raises(RefusedError, match="Land it in the feed ledger"):
        list(claims.read(source))
