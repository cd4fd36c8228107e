"""Text becomes values strictly, or nothing at all."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.feeds.parsing.casting import cast_text
from quality.contract import INSTANT, MONEY, RATE


def cast(text: str, dtype: pl.DataType) -> object:
    return cast_text(pl.Series("c", [text]), dtype)[0]


@pytest.mark.parametrize(
    "text", ["1,234.56", "1e3", "+5", " 5", "5 ", ".5", "5.", "NaN", "--1", ""]
)
def test_what_is_no_plain_decimal_is_nothing(text: str) -> None:
    assert cast(text, MONEY) is None


@pytest.mark.parametrize("text", ["1.2345", "0.0001", "1234567890123456"])
def test_a_decimal_that_would_lose_a_digit_is_nothing(text: str) -> None:
    assert cast(text, MONEY) is None


def test_zeros_at_the_end_of_a_decimal_lose_nothing() -> None:
    assert cast("1.2300000", MONEY) == Decimal("1.23")
    assert cast("-0.00000001", RATE) == Decimal("-0.00000001")


@pytest.mark.parametrize(
    "text", ["2026-02-30", "2026-1-5", "20260105", "05/01/2026", "2026-01-05T00:00"]
)
def test_what_is_no_iso_date_is_nothing(text: str) -> None:
    assert cast(text, pl.Date()) is None


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05T09:30:00Z",
        "2026-01-05T10:30:00+01:00",
        "2026-01-05 09:30:00",
        "2026-01-05T09:30",
        "2026-01-05 10:30:00.000+0100",
        "2026-01-05T09:30:00 UTC",
        "2026-01-05T09:30:00.000000Z",
        "2026-01-05 04:30:00-05",
    ],
)
def test_an_instant_is_read_in_every_iso_manner_and_is_utc_without_an_offset(text: str) -> None:
    assert cast(text, INSTANT) == datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-01-05T25:00:00Z", "yesterday", "2026-01-05T10:00:00 PST"])
def test_what_is_no_instant_is_nothing(text: str) -> None:
    assert cast(text, INSTANT) is None


def test_booleans_are_words_and_whole_numbers_have_no_point() -> None:
    assert [cast(text, pl.Boolean()) for text in ("true", "FALSE", "yes")] == [True, False, None]
    assert [cast(text, pl.Int64()) for text in ("-12", "1.0", "1e2", "9" * 30)] == [
        -12,
        None,
        None,
        None,
    ]


@given(
    st.lists(
        st.one_of(st.none(), st.decimals("-99999999999", "99999999999", places=3)), max_size=20
    )
)
def test_every_decimal_of_the_type_survives_its_text(values: Any) -> None:
    text = pl.Series("c", [None if value is None else str(value) for value in values], pl.String)
    assert cast_text(text, MONEY).to_list() == values


@given(st.dates(date(1, 1, 1), date(9999, 12, 31)))
def test_every_date_survives_its_text(day: date) -> None:
    assert cast(day.isoformat(), pl.Date()) == day
