"""A period is cut out of the books whole, and no amount is put into a cell that cannot hold it."""

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.period_close.workbook.cells import MOST_DIGITS, exact
from pipelines.period_close.workbook.figures import AGES, OTHER, THIS, select
from pipelines.period_close.workbook.period import Period, WorkbookError

MONEY = pl.Decimal(18, 3)
MAY = Period.of("2026-05")


def _matches(*rows: tuple[str, str, str, date, str]) -> pl.DataFrame:
    made = [
        {
            "recon": "ledger_bank",
            "match_id": match,
            "kind": "one_to_one",
            "tier": "auto",
            "rule": "same_reference",
            "rule_version": "1",
            "score": 1.0,
            "side": side,
            "row_id": row,
            "account_id": "A",
            "entity_id": "E",
            "date": day,
            "amount": Decimal(amount),
            "currency": "EUR",
        }
        for match, side, row, day, amount in rows
    ]
    return pl.DataFrame(made, schema_overrides={"amount": MONEY})


def _breaks(*rows: tuple[str, date, int]) -> pl.DataFrame:
    made = [
        {
            "break_id": f"b|{row}",
            "recon": "ledger_bank",
            "side": "left",
            "row_id": row,
            "account_id": "A",
            "entity_id": "E",
            "date": day,
            "amount": Decimal("-1.50"),
            "currency": "EUR",
            "break_type": "timing",
            "owner": "treasury",
            "age_business_days": age,
            "expected_clearing_date": None,
            "candidate_row_id": None,
        }
        for row, day, age in rows
    ]
    return pl.DataFrame(made, schema_overrides={"amount": MONEY})


def _tables() -> dict[str, pl.DataFrame]:
    position = pl.DataFrame(
        {
            "entity_id": ["E", "E"],
            "account_id": ["A", "A"],
            "currency": ["EUR", "EUR"],
            "date": [date(2026, 5, 30), date(2026, 6, 1)],
            "closing_balance": [Decimal("5.000"), Decimal("9.000")],
            "ledger_balance": [Decimal("4.000"), Decimal("9.000")],
            "difference": [Decimal("1.000"), Decimal("0.000")],
        },
        schema_overrides=dict.fromkeys(("closing_balance", "ledger_balance", "difference"), MONEY),
    )
    controls = pl.DataFrame(
        {
            "name": ["law"],
            "scope": ["all"],
            "as_of": [date(2026, 6, 2)],
            "outcome": ["passed"],
            "expected": [None],
            "actual": [None],
            "difference": [None],
            "detail": [""],
        },
        schema_overrides=dict.fromkeys(("expected", "actual", "difference"), MONEY),
    )
    return {
        "fct_matches": _matches(
            ("m1", "left", "l1", date(2026, 5, 31), "10.00"),
            ("m1", "right", "r1", date(2026, 6, 1), "10.00"),
            ("m2", "left", "l2", date(2026, 6, 1), "7.00"),
            ("m2", "right", "r2", date(2026, 6, 1), "7.00"),
        ),
        "fct_breaks": _breaks(
            ("old", date(2026, 4, 2), 31),
            ("new", date(2026, 5, 20), 6),
            ("later", date(2026, 6, 1), 0),
        ),
        "fct_cash_position": position,
        "fct_controls": controls,
    }


def _cut(period: Period) -> Any:
    return select(_tables(), period, as_of=date(2026, 6, 2), versions={}, books="open")


def test_a_match_across_the_month_is_shown_whole_and_only_its_own_members_count() -> None:
    shown = dict(_cut(MAY).matches.select("row_id", "where").iter_rows())
    assert shown == {"l1": THIS, "r1": OTHER}


def test_open_items_are_carried_forward_and_later_ones_are_not() -> None:
    rows = _cut(MAY).breaks.select("row_id", "where", "age_band", "value").rows()
    assert rows == [
        ("old", OTHER, "over 30", Decimal("1.50")),
        ("new", THIS, "6 to 10", Decimal("1.50")),
    ]


def test_an_account_stands_at_its_last_day_of_the_period() -> None:
    assert _cut(MAY).accounts["closing_balance"].to_list() == [Decimal("5.000")]


def test_a_period_in_which_no_control_was_run_says_so() -> None:
    cut = _cut(MAY)
    assert "No control was run" in cut.controls_note
    assert cut.controls["as_of"].to_list() == [date(2026, 6, 2)]


def test_a_period_before_the_books_is_refused_with_what_to_do() -> None:
    with pytest.raises(WorkbookError, match=r"2026-03 lies before .* 2026-04-02"):
        _cut(Period.of("2026-03"))


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (0, "0 to 1"),
        (1, "0 to 1"),
        (2, "2 to 5"),
        (5, "2 to 5"),
        (6, "6 to 10"),
        (10, "6 to 10"),
        (11, "11 to 30"),
        (30, "11 to 30"),
        (31, "over 30"),
    ],
)
def test_every_age_has_its_band(age: int, band: str) -> None:
    tables = _tables() | {"fct_breaks": _breaks(("x", date(2026, 5, 4), age))}
    cut = select(tables, MAY, as_of=date(2026, 6, 2), versions={}, books="")
    assert cut.breaks["age_band"].item() == band
    assert band in AGES


@pytest.mark.parametrize("text", ["2026-13", "2026-1", "26-01", "January", "2026-01-01", "0000-01"])
def test_what_is_not_a_month_is_refused(text: str) -> None:
    with pytest.raises(WorkbookError, match="Write the month as"):
        Period.of(text)


def test_february_ends_when_it_ends() -> None:
    assert Period.of("2028-02").last == date(2028, 2, 29)


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=3, min_value=-(10**14), max_value=10**14
    )
)
def test_a_cell_holds_an_amount_exactly_or_refuses_it(amount: Decimal) -> None:
    if len(amount.normalize().as_tuple().digits) > MOST_DIGITS:
        with pytest.raises(WorkbookError, match="here"):
            exact(amount, "here")
    else:
        assert Decimal(f"{exact(amount, 'here'):.3f}") == amount


def test_an_account_in_two_currencies_closes_with_two_balances() -> None:
    tables = _tables()
    euro = tables["fct_cash_position"]
    dollar = euro.head(1).with_columns(currency=pl.lit("USD"))
    tables["fct_cash_position"] = pl.concat([euro, dollar])
    cut = select(tables, MAY, as_of=date(2026, 6, 2), versions={}, books="open")
    assert cut.accounts["currency"].to_list() == ["EUR", "USD"]
