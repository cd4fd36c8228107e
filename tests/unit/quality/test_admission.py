"""Sound rows are admitted, and every other row is refused with what is wrong with it."""

import dataclasses
import json
from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from quality.admission import REFUSED, Admission, admit
from quality.column_rules import Rule
from quality.contract import contract
from quality.currencies import admit_own

POSTINGS = contract("ledger_postings")
SOUND = {
    "book": "general",
    "account_code": "1000",
    "line_number": 1,
    "booking_date": date(2026, 1, 2),
    "debit": Decimal("10.00"),
    "credit": Decimal("0.00"),
    "currency": "EUR",
}


def postings(*changes: Mapping[str, object]) -> pl.DataFrame:
    """One sound journal line for each of `changes`, changed by it."""
    rows = [
        {"journal_id": f"J{number}", "source_row": number + 2, **SOUND, **change}
        for number, change in enumerate(changes)
    ]
    return pl.DataFrame(
        rows,
        schema={**POSTINGS.schema, "source_row": pl.Int64(), "source_path": pl.String()},
        orient="row",
    )


DUCK = duckdb.connect(config={"threads": 1})
DUCK.execute("set global timezone = 'UTC'")


def admitted(frame: pl.DataFrame, *rules: Rule) -> Admission:
    con = DUCK.cursor()
    con.register("waiting", frame)
    agreed = dataclasses.replace(POSTINGS, stated_rules=rules) if rules else POSTINGS
    return admit(con, "waiting", agreed)


def test_sound_rows_come_in_unchanged() -> None:
    frame = postings({}, {"description": None}, {"debit": Decimal(0), "credit": Decimal("3.12")})
    decided = admitted(frame)
    assert decided.refused.is_empty()
    assert decided.refused.schema == REFUSED
    assert (decided.rows_in, decided.rows_loaded) == (3, 3)
    assert_frame_equal(decided.loaded.pl(), frame)


def test_columns_beyond_the_contract_are_kept() -> None:
    frame = postings({}, {"currency": "EURO"}).with_columns(pl.lit("batch 7").alias("note"))
    loaded = admitted(frame).loaded
    assert loaded.columns == frame.columns
    assert loaded.pl()["note"].to_list() == ["batch 7"]


def test_a_refused_row_says_where_it_stood_what_it_broke_and_what_money_is_at_issue() -> None:
    (row,) = admitted(postings({}, {"currency": "EURO"})).refused.rows(named=True)
    assert (row["table"], row["source_row"], row["source_path"]) == ("ledger_postings", 3, None)
    assert row["rule"] == "currency_is_a_currency"
    assert row["reason"] == (
        "currency must be a currency of ISO 4217 or one that the setting OWN_CURRENCIES names,"
        " but is 'EURO'"
    )
    assert (row["amount"], row["currency"]) == (Decimal("10.000"), "EURO")
    content = json.loads(row["content"])
    assert (content["journal_id"], content["debit"]) == ("J1", "10.000")


def test_all_broken_rules_of_a_row_are_named_with_their_values() -> None:
    change = {"debit": Decimal(-5), "credit": Decimal(0), "currency": None, "book": None}
    (row,) = admitted(postings(change)).refused.rows(named=True)
    assert row["rule"] == "book_is_present, currency_is_present, sides_are_not_negative"
    assert row["reason"].endswith(
        "Debit and credit are each zero or positive, but debit is '-5.000' and credit is '0.000'"
    )


def test_a_rule_that_comes_out_null_is_not_broken() -> None:
    unknown = Rule("valued_after", "Value follows booking.", "value_date < booking_date")
    decided = admitted(postings({}, {"value_date": date(2026, 1, 1)}), unknown)
    assert decided.refused["rule"].to_list() == ["valued_after"]
    assert decided.rows_loaded == 1


def test_of_rows_with_one_key_the_first_sound_one_is_taken() -> None:
    frame = postings({"currency": "EURO"}, {}, {"debit": Decimal(99)}, {}).with_columns(
        pl.lit("J").alias("journal_id")
    )
    decided = admitted(frame.sample(fraction=1, shuffle=True, seed=3))
    assert decided.loaded.pl()["source_row"].to_list() == [3]
    assert decided.refused.select("source_row", "rule").rows() == [
        (2, "currency_is_a_currency"),
        (4, "key_is_unique"),
        (5, "key_is_unique"),
    ]


def test_rows_that_are_equal_in_everything_are_taken_once() -> None:
    frame = postings({}).with_columns(source_row=None, source_path=None)
    decided = admitted(pl.concat([frame, frame, frame]))
    assert (len(decided.loaded), decided.refused.height) == (1, 2)


def test_another_file_may_give_the_same_key_again() -> None:
    frame = postings({})
    both = pl.concat([frame.with_columns(source_file=pl.lit(name)) for name in ("a", "b")])
    assert admitted(both).rows_loaded == 2


def test_a_later_state_of_the_same_loan_is_not_a_repeat() -> None:
    assert contract("loans").identity == ("loan_id", "updated_at")


def test_quotes_and_semicolons_in_values_and_rules_stay_text() -> None:
    odd = Rule("no_quote", "It's plain.", "description = 'it''s; drop'")
    (row,) = admitted(postings({"description": "it's; drop"}), odd).refused.rows(named=True)
    assert row["reason"] == "It's plain, but description is 'it's; drop'"


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "journal_id": st.sampled_from(["J0", "J1", None]),
        "currency": st.sampled_from(["EUR", "euro", "", None]),
        "debit": st.sampled_from([Decimal(0), Decimal("1.5"), Decimal(-1), None]),
        "credit": st.sampled_from([Decimal(0), Decimal("2.25"), None]),
        "source_row": st.sampled_from([1, 2, None]),
    },
)


@given(st.lists(CHANGES, max_size=12))
def test_every_row_is_loaded_or_refused_and_its_money_with_it(
    changes: list[dict[str, Any]],
) -> None:
    frame = postings(*changes)
    decided = admitted(frame)
    loaded = decided.loaded.pl()
    assert loaded.height + decided.refused.height == frame.height == decided.rows_in

    def money(rows: pl.DataFrame) -> Counter[Decimal | None]:
        return Counter(rows.select(pl.col("debit") - pl.col("credit")).to_series().to_list())

    assert money(frame) == money(loaded) + Counter(decided.refused["amount"].to_list())
    assert not loaded.select("book", "journal_id", "line_number").is_duplicated().any()
    assert admitted(loaded).refused.is_empty()


def test_an_amount_with_more_decimals_than_its_currency_is_named_as_that() -> None:
    changes = (
        {"debit": Decimal("10.50"), "currency": "JPY"},
        {"debit": Decimal("12.345"), "currency": "EUR"},
        {"debit": Decimal("12.345"), "currency": "KWD"},
        {"debit": Decimal("10.00"), "currency": "JPY"},
        {"debit": Decimal("1.125"), "currency": "XAU"},
    )
    refused = admitted(postings(*changes)).refused
    assert refused["reason"].to_list() == [
        "debit: 10.500 JPY, and JPY has no decimals",
        "debit: 12.345 EUR, and EUR has two decimals",
    ]


def test_what_is_no_currency_of_iso_4217_comes_in_when_the_house_names_it() -> None:
    codes = ("XXZ", "XXX", "XTS", "USDC", "BGN", "EUR")
    frame = postings(*({"currency": code, "debit": Decimal("1.123")} for code in codes))
    whole = frame.with_columns(debit=pl.lit(Decimal(1), pl.Decimal(18, 3)))
    assert admitted(whole).loaded.pl()["currency"].to_list() == ["BGN", "EUR"]
    try:
        admit_own({"USDC": 6})
        assert admitted(frame).loaded.pl()["currency"].to_list() == ["USDC"]
    finally:
        admit_own({})


def test_dates_and_amounts_that_cannot_be_computed_with_stay_outside() -> None:
    changes = (
        {"booking_date": date(1900, 1, 1)},
        {"booking_date": date(9999, 12, 31)},
        {"debit": Decimal("999999999999999.00")},
        {"line_number": 9223372036854775807},
    )
    refused = admitted(postings(*changes)).refused
    assert refused["rule"].to_list() == [
        "booking_date_is_in_range", "booking_date_is_in_range", "debit_is_in_range",
        "line_number_is_in_range",
    ]  # fmt: skip
    assert refused["reason"][0] == (
        "booking_date must lie between 1970-01-01 and 2099-12-31, but is '1900-01-01'"
    )
