"""A filtered read gives what filtering every row gives: deltalake, pyarrow, Polars and DuckDB."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from deltalake import DeltaTable, write_deltalake

from pipelines.lake.lake import Lake
from pipelines.lake.maintenance import maintain
from pipelines.lake.maintenance import tables as tables_of
from pipelines.lake.parquet_parts import write_part
from quality.contract import INSTANT, MONEY
from tests.conftest import House

TABLE = "bronze/readings"
LATE = datetime(2026, 1, 2, 1, 2, 3, 4, tzinfo=UTC)
ROWS = pl.DataFrame(
    {
        "key": ["a", "b", "c", "d"],
        "text": ["a", None, "z" * 300, "\\U0010ffff" * 40],
        "accented": ["é" * 200, "x", "y" * 33, "y" * 32 + "z"],
        "number": [1, None, -(2**53) - 1, 2**62 + 1],
        "day": [date(1900, 1, 1), None, date(2026, 5, 5), date(9999, 12, 31)],
        "at": [LATE, None, LATE.replace(microsecond=999_999), LATE.replace(microsecond=1_234)],
        "money": [
            Decimal("1.005"),
            None,
            Decimal("-999999999999999.999"),
            Decimal("123456789012345.123"),
        ],
        "total": [Decimal("123456789012345678901.123"), None, Decimal(-1), Decimal("0.001")],
        "flag": [True, None, False, True],
        "share": [0.1, None, float("nan"), -2.5],
        "nothing": [None] * 4,
        "no_number": [None] * 4,
    },
    schema={
        "key": pl.String(),
        "text": pl.String(),
        "accented": pl.String(),
        "number": pl.Int64(),
        "day": pl.Date(),
        "at": INSTANT,
        "money": MONEY,
        "total": pl.Decimal(38, 3),
        "flag": pl.Boolean(),
        "share": pl.Float64(),
        "nothing": pl.String(),
        "no_number": MONEY,
    },
)
"""Values on which bounds in a log go wrong: long text, large decimals, microseconds, NaN, nulls."""


def _adopted(lake: Lake, tmp_path: Path) -> None:
    lake.create(TABLE, dict(ROWS.schema))
    halves = (ROWS[:2], ROWS[2:])
    parts = [write_part(rows, tmp_path / f"{n}.parquet") for n, rows in enumerate(halves)]
    lake.adopt_once(TABLE, parts, transaction_ids=["a"])


def _appended(lake: Lake, _: Path) -> None:
    lake.append_once(TABLE, ROWS[:2], transaction_ids=["a"])
    lake.append_once(TABLE, ROWS[2:], transaction_ids=["b"])


def _overwritten(lake: Lake, _: Path) -> None:
    lake.create(TABLE, {"key": pl.String()})
    lake.overwrite(TABLE, ROWS.to_arrow().to_reader())


def _merged(lake: Lake, _: Path) -> None:
    lake.merge(TABLE, ROWS[:3], ["key"])
    lake.merge(TABLE, ROWS[1:], ["key"])


def _kept_up(lake: Lake, _: Path) -> None:
    for number, row in enumerate(ROWS.iter_slices(1)):
        lake.append_once(TABLE, row, transaction_ids=[f"{number}"])
        lake.append_once(TABLE, row.clear(), transaction_ids=[f"{number} again"])
    for number in range(6):
        lake.append_once(TABLE, ROWS[:1], transaction_ids=[f"many {number}"])
    maintain(lake, now=datetime.now(UTC))


def _of_older_code(lake: Lake, tmp_path: Path) -> None:
    write_deltalake(lake.path(TABLE), ROWS[:2].to_arrow())
    lake.append_once(TABLE, ROWS[2:], transaction_ids=["a"])


@pytest.mark.parametrize(
    "write", [_adopted, _appended, _overwritten, _merged, _kept_up, _of_older_code]
)
def test_however_a_table_was_written_no_filter_loses_a_row(
    lake: Lake, tmp_path: Path, write: Any
) -> None:
    write(lake, tmp_path)
    assert list(_wrong(lake.open(TABLE))) == []


def test_no_filter_loses_a_row_of_any_table_of_the_house(house: House) -> None:
    lake = Lake(house.lake)
    names = tables_of(lake)
    assert len(names) > 80
    assert [lost for name in names for lost in _lost(lake.open(name))] == []


def _lost(table: DeltaTable) -> Iterator[tuple[str, str, int]]:
    """Rows that a filter on each of their columns at once does not find, by reader."""
    rows = pl.DataFrame(table.to_pyarrow_table())
    plain = [name for name, dtype in rows.schema.items() if not dtype.is_nested()]
    dataset = table.to_pyarrow_dataset()
    with duckdb.connect() as con:
        con.register("dataset", dataset)
        for number in {0, rows.height - 1} if rows.height else ():
            row = rows.select(plain).row(number, named=True)
            given = {name: value for name, value in row.items() if value is not None}
            arrow, polars, sql = pc.scalar(True), pl.lit(True), ["true"]
            for name, value in row.items():
                column = pc.field(name)
                stored = pa.scalar(value, dataset.schema.field(name).type)
                arrow &= column.is_null() if value is None else column == stored
                polars &= pl.col(name).eq_missing(pl.lit(value, rows.schema[name]))
                sql.append(f'"{name}" is null' if value is None else f'"{name}" = ?')
            equal = [(name, "=", value) for name, value in given.items()]
            for reader, found in {
                "deltalake": len(table.to_pandas(filters=equal)),
                "pyarrow": dataset.count_rows(filter=arrow),
                "polars": pl.scan_delta(table).filter(polars).collect().height,
                "duckdb": _count(con, " and ".join(sql), *given.values()),
            }.items():
                if not found:
                    yield reader, table.table_uri, number


def _wrong(table: DeltaTable) -> Iterator[tuple[str, str, str, object, int, int]]:
    """Filters, by reader, that give another count than filtering all rows gives."""
    rows = pl.DataFrame(table.to_pyarrow_table())
    dataset = table.to_pyarrow_dataset()
    with duckdb.connect() as con:
        con.register("dataset", dataset)
        for column in rows.columns:
            absent = rows[column].null_count()
            for reader, count in _absent(table, dataset, con, column).items():
                if count() != absent:
                    yield reader, table.table_uri, column, None, count(), absent
            present = rows[column].drop_nulls()
            values = present.filter(present.is_not_nan()) if present.dtype.is_float() else present
            for value in values.unique():
                wanted = int((present == value).sum())
                for reader, count in _equal(table, dataset, con, column, value).items():
                    if count() != wanted:
                        yield reader, table.table_uri, column, value, count(), wanted


def _equal(
    table: DeltaTable, dataset: Any, con: duckdb.DuckDBPyConnection, column: str, value: object
) -> dict[str, Callable[[], int]]:
    stored = pa.scalar(value, dataset.schema.field(column).type)
    return {
        "deltalake": lambda: len(table.to_pandas(filters=[(column, "=", value)])),
        "pyarrow": lambda: dataset.count_rows(filter=pc.field(column) == stored),
        "polars": lambda: pl.scan_delta(table).filter(pl.col(column) == value).collect().height,
        "duckdb": lambda: _count(con, f'"{column}" = ?', value),
    }


def _absent(
    table: DeltaTable, dataset: Any, con: duckdb.DuckDBPyConnection, column: str
) -> dict[str, Callable[[], int]]:
    return {
        "pyarrow": lambda: dataset.count_rows(filter=pc.field(column).is_null()),
        "polars": lambda: pl.scan_delta(table).filter(pl.col(column).is_null()).collect().height,
        "duckdb": lambda: _count(con, f'"{column}" is null'),
    }


def _count(con: duckdb.DuckDBPyConnection, condition: str, *values: object) -> int:
    found = con.execute(f"select count(*) from dataset where {condition}", values).fetchone()
    assert found is not None
    return int(found[0])
