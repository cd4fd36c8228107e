"""Numbers, dates, zones and minor units as other people write them."""

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.feeds.parsing.dates import date_order, instants, iso_dates
from pipelines.feeds.parsing.minor_units import decimals, major
from pipelines.feeds.parsing.numbers import decimal_mark, plain_number


def order_of(*dates: str) -> tuple[str, bool]:
    """The order that some dates follow, and whether no other fits."""
    found = date_order(dates)
    assert found is not None
    return found.order, found.certain


@pytest.mark.parametrize(
    ("numbers", "mark"),
    [
        (["1,653.75", "-4.25"], "."),
        (["4.626,81", "49,37"], ","),
        (["1,058", "12,000"], "."),
        (["5", "7"], "."),
        (["1\u202f653,75"], ","),
    ],
)
def test_a_column_of_numbers_tells_its_decimal_mark(numbers: Any, mark: str) -> None:
    assert decimal_mark(pl.Series(numbers)) == mark


@given(st.decimals("-9999999", "9999999", places=2))
def test_a_number_means_the_same_in_both_manners_of_writing(value: Decimal) -> None:
    english = f"{value:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert plain_number(pl.Series([english]), ".")[0] == str(value)
    assert plain_number(pl.Series([german]), ",")[0] == str(value)


def test_a_number_in_the_other_manner_is_left_alone_rather_than_misread() -> None:
    assert plain_number(pl.Series(["1,5", "1.500,00"]), ".").to_list() == ["1,5", "1.500,00"]


def test_the_only_order_that_fits_all_dates_is_certain() -> None:
    assert order_of("29/12/2015", "12/02/2016") == ("DMY", True)
    assert order_of("9/4/2018", "9/25/2018") == ("MDY", True)
    assert order_of("2020-01-02") == ("YMD", True)
    assert date_order(["9/25/2018", "25/9/2018"]) is None


def test_where_several_orders_fit_the_calmest_is_taken_and_called_uncertain() -> None:
    assert order_of("01/02/2020", "02/02/2020", "03/02/2020") == ("DMY", False)


@given(st.lists(st.dates(date(2000, 1, 1), date(2099, 12, 31)), min_size=1, max_size=10))
def test_dates_in_a_known_order_are_read_back(days: Any) -> None:
    text = pl.Series([f"{day.day}.{day.month}.{day.year}" for day in days])
    assert iso_dates(text, "DMY").to_list() == [day.isoformat() for day in days]


def test_local_times_take_the_offset_of_their_zone() -> None:
    local = pl.Series(["2021-07-05 12:00:00"] * 5)
    zone = pl.Series(["CET", "PDT", "Europe/Berlin", None, "Nowhere"])
    assert instants(local, zone).to_list() == [
        "2021-07-05 12:00:00+01:00",
        "2021-07-05 12:00:00-07:00",
        "2021-07-05T10:00:00Z",
        "2021-07-05 12:00:00+00:00",
        "2021-07-05 12:00:00 Nowhere",
    ]


@given(st.integers(-(10**12), 10**12), st.sampled_from(["eur", "JPY", "KWD", "USD"]))
def test_minor_units_are_moved_digit_by_digit(minor: int, currency: Any) -> None:
    frame = pl.DataFrame({"minor": [str(minor)], "currency": [currency]})
    text = frame.select(major(pl.col("minor"), pl.col("currency")))["minor"][0]
    whole, _, fraction = text.lstrip("-").partition(".")
    assert len(fraction) == decimals(currency)
    assert int(whole + fraction) == abs(minor)
    assert text.startswith("-") == (minor < 0)
