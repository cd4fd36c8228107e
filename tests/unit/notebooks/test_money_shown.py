"""Money on the pages and in what is taken along: exact, in its currency, never a formula."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebooks.export import as_csv, as_xlsx
from notebooks.money import cell, converted, money, total

AMOUNTS = st.decimals(-(10**14), 10**14, places=3, allow_nan=False)


@pytest.mark.parametrize(
    ("amount", "currency", "told"),
    [
        ("1234567.100", "EUR", "1,234,567.10 EUR"),
        ("-0.100", "EUR", "-0.10 EUR"),
        ("1000.000", "JPY", "1,000 JPY"),
        ("10.500", "KWD", "10.500 KWD"),
        ("10.005", "EUR", "10.005 EUR"),
        ("999999999999999.990", "USD", "999,999,999,999,999.99 USD"),
        ("5", None, "5.00"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(
    amount: str, currency: str | None, told: str
) -> None:
    assert money(Decimal(amount), currency) == told


def test_what_is_missing_is_not_known_and_not_zero() -> None:
    assert money(None, "EUR") == "not known"
    rows = pl.DataFrame(
        {"amount": [Decimal("1.10"), None, Decimal("2.20")], "currency": ["EUR", "EUR", "USD"]}
    )
    assert total(rows, "amount", "currency") == {"EUR": None, "USD": Decimal("2.20")}


def test_what_was_converted_ends_where_its_currency_does() -> None:
    assert converted(Decimal("221493.922"), "EUR") == "221,493.92 EUR"
    assert converted(Decimal("1.600"), "JPY") == "2 JPY"


@given(AMOUNTS)
def test_no_digit_is_lost_on_the_way_to_the_page(amount: Any) -> None:
    assert Decimal(money(amount, "EUR").removesuffix(" EUR").replace(",", "")) == amount


@given(st.lists(AMOUNTS, min_size=1, max_size=20))
def test_cells_of_money_sort_by_their_amount(amounts: Any) -> None:
    rows = pl.DataFrame(
        {"amount": amounts, "currency": ["EUR"] * len(amounts)},
        schema_overrides={"amount": pl.Decimal(18, 3)},
    ).select(cell("amount").alias("Amount"))
    done = [row["amount"] for row in rows.sort("Amount")["Amount"]]
    assert done == sorted(amounts)


ROWS = pl.DataFrame(
    {
        "text": ["=1+1", "plain", "@SUM(A1)", "-2+3", None],
        "amount": [Decimal("-1.500"), Decimal("1234567.890"), None, Decimal(1000), Decimal(0)],
        "currency": ["EUR", "EUR", "USD", "JPY", "EUR"],
        "Day": [date(2026, 5, 4)] * 5,
        "Rows": [1, 2, 3, 4, 5],
    },
    schema_overrides={"amount": pl.Decimal(18, 3)},
).select(pl.col("text").alias("Reference"), cell("amount").alias("Amount"), "Day", "Rows")


def test_a_list_as_csv_holds_no_formula_and_its_amounts_are_amounts() -> None:
    lines = as_csv(ROWS).decode("utf-8-sig").splitlines()
    assert lines[0] == 'Reference,Amount,"Amount, currency",Day,Rows'
    assert lines[1] == "'=1+1,-1.500,EUR,2026-05-04,1"
    assert lines[3].startswith("'@SUM(A1),,USD")
    assert lines[4].startswith("'-2+3,1000.000,JPY")


def test_a_list_as_workbook_has_numbers_dates_and_text() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(ROWS, "open items"))).active
    assert [one.value for one in sheet[1]] == [
        "Reference",
        "Amount",
        "Amount, currency",
        "Day",
        "Rows",
    ]
    assert [sheet.cell(row, 1).data_type for row in (2, 4, 5)] == ["s", "s", "s"]
    assert sheet["A2"].value == "=1+1"
    assert (sheet["B2"].value, sheet["B2"].data_type) == (-1.5, "n")
    assert (sheet["B2"].number_format, sheet["B5"].number_format) == (
        "#,##0.00;[Red]-#,##0.00",
        "#,##0;[Red]-#,##0",
    )
    assert sheet["B4"].value is None
    assert sheet["D2"].value.date() == date(2026, 5, 4)
    assert sheet["E6"].value == 5
