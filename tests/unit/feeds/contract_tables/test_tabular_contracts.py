"""Tables in the columns of a contract come back as they were written."""

import csv
import io
import string
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.feeds.contract_tables.csv import FORMATS, fit, landed, nearest, read
from pipelines.feeds.reading import REJECTED, RefusedError
from quality.contract import contract
from tests.unit.feeds.conftest import InMemory, Whole

HEADER = "book,journal_id,line_number,account_code,booking_date,debit,credit,currency"
LINE = "general,J1,1,1000,2026-01-05,12.50,0,EUR"
TEXT = st.text(string.ascii_letters + string.digits + " ;,\"'\nÄé€-", min_size=1, max_size=12)


def values(dtype: pl.DataType) -> st.SearchStrategy:
    if isinstance(dtype, pl.Decimal):
        return st.decimals("-99999999", "99999999", places=dtype.scale)
    if isinstance(dtype, pl.Datetime):
        moments = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001
        return moments.map(lambda moment: moment.replace(tzinfo=UTC))
    return {
        pl.String(): TEXT.filter(lambda text: text.strip()),
        pl.Date(): st.dates(),
        pl.Boolean(): st.booleans(),
        pl.Int64(): st.integers(-(2**63), 2**63 - 1),
        pl.Float64(): st.floats(allow_nan=False, allow_infinity=False),
    }[dtype]


def written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if hasattr(value, "isoformat") else f"{value}"


@st.composite
def tables(draw: Any) -> tuple[Any, Any]:
    promised = draw(st.sampled_from(landed()))
    columns = [
        values(column.dtype) if column.required else st.none() | values(column.dtype)
        for column in promised.columns
    ]
    return promised, draw(st.lists(st.tuples(*columns), max_size=3))


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(tables(), st.sampled_from(",;\t|"), st.sampled_from(["\n", "\r\n"]), st.integers(50, 5000))
def test_any_table_of_any_contract_is_read_back_as_it_was_written(
    source: type[InMemory],
    whole: Callable[..., Whole],
    table: Any,
    separator: Any,
    line_end: Any,
    block_bytes: int,
) -> None:
    promised, rows = table
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator=line_end)
    writer.writerow(promised.schema)
    writer.writerows([written(value) for value in row] for row in rows)
    got = whole(read(source(text.getvalue().encode()), block_bytes))
    assert got.rejected == []
    named = [
        tuple(
            value.strip() if column.name in promised.key and isinstance(value, str) else value
            for column, value in zip(promised.columns, row, strict=True)
        )
        for row in rows
    ]
    assert [tuple(row.values())[:-2] for row in got.rows[promised.name]] == named


@given(
    st.lists(
        st.sampled_from(
            [
                LINE,
                LINE + ",x",
                "general,J1",
                LINE.replace("12.50", "12,50"),
                LINE.replace("2026-01-05", "5 Jan"),
            ]
        ),
        max_size=12,
    )
)
def test_every_line_is_a_row_or_a_rejected_row(
    source: type[InMemory], whole: Callable[..., Whole], lines: Any
) -> None:
    got = whole(read(source("\n".join([HEADER, *lines, ""]).encode())))
    numbers = [row["source_row"] for row in got.rows["ledger_postings"] + got.rejected]
    assert sorted(numbers) == list(range(2, len(lines) + 2))
    good = sum(line == LINE for line in lines)
    assert sum(row["debit"] for row in got.rows["ledger_postings"]) == good * Decimal("12.5")


def test_a_value_that_does_not_cast_names_line_column_value_and_amount(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    got = whole(read(source(f"{HEADER}\n{LINE}\n{LINE.replace('2026-01-05', '5 Jan')}\n".encode())))
    assert len(got.rows["ledger_postings"]) == 1
    assert got.rejected == [
        {
            "table": "ledger_postings",
            "source_row": 3,
            "source_path": None,
            "reason": "booking_date: '5 Jan' is not an ISO date such as 2026-01-31",
            "content": '{"book": "general", "journal_id": "J1", "line_number": "1", '
            '"account_code": "1000", "booking_date": "5 Jan", "debit": "12.50", "credit": "0", '
            '"currency": "EUR"}',
            "amount": Decimal("12.500"),
            "currency": "EUR",
        }
    ]


def test_a_column_that_no_contract_knows_is_a_finding_and_an_absent_one_is_null(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    got = whole(read(source(f"{HEADER},colour\n{LINE},red\n".encode())))
    assert [finding.message for finding in got.findings] == ["no column of ledger_postings: colour"]
    assert got.rows["ledger_postings"][0]["reference"] is None


def test_headings_may_be_capitalised_and_spaced(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    heading = HEADER.replace("_", " ").title()
    assert len(whole(read(source(f"{heading}\n{LINE}\n".encode()))).rows["ledger_postings"]) == 1


def test_a_header_alone_is_a_table_of_no_rows(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    got = whole(read(source(HEADER.encode() + b"\n")))
    assert got.rows == {"ledger_postings": []}
    assert got.rejected == []


def test_a_column_named_twice_refuses_the_file(source: type[InMemory]) -> None:
    with pytest.raises(RefusedError, match="names twice: debit"):
        list(read(source(f"{HEADER},debit\n{LINE},1\n".encode())))


def test_each_contract_is_recognised_by_its_own_header_and_by_no_other() -> None:
    for promised in landed():
        head = (",".join(promised.schema) + "\n").encode()
        known = [known.name for known in FORMATS if known.recognises(head, "any.csv")]
        assert known == [f"{promised.name}.csv"]
        fitting = fit(head)
        assert fitting is not None
        assert fitting.contract is contract(promised.name)


def test_a_header_that_lacks_a_column_is_named_with_the_nearest_contract() -> None:
    found = nearest(HEADER.replace(",debit", "").encode() + b"\n")
    assert found is not None
    promised, lacking = found
    assert (promised.name, lacking) == ("ledger_postings", ("debit",))


def test_rejected_rows_have_the_agreed_columns(source: type[InMemory]) -> None:
    reading = next(iter(read(source(f"{HEADER}\nbroken\n".encode()))))
    assert dict(reading.rejected.schema) == dict(REJECTED)
