"""The door lets sound rows in, and says of every other row what is wrong with it."""

import dataclasses
import json
from collections import Counter
from datetime import date
from decimal import Decimal

import duckdb
import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from quality.contract import Rule, contract
from quality.door import REFUSED, Admission, admit

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


def postings(*changes: dict[str, object]) -> pl.DataFrame:
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


def at_the_door(frame: pl.DataFrame, *rules: Rule) -> Admission:
    con = DUCK.cursor()
    con.register("waiting", frame)
    agreed = dataclasses.replace(POSTINGS, stated_rules=rules) if rules else POSTINGS
    return admit(con, "waiting", agreed)


def test_sound_rows_come_in_unchanged() -> None:
    frame = postings({}, {"description": None}, {"debit": Decimal(0), "credit": Decimal("3.125")})
    decided = at_the_door(frame)
    assert decided.refused.is_empty()
    assert decided.refused.schema == REFUSED
    assert (decided.rows_in, decided.rows_loaded) == (3, 3)
    assert_frame_equal(decided.loaded.pl(), frame)


def test_columns_beyond_the_contract_are_kept() -> None:
    frame = postings({}, {"currency": "EURO"}).with_columns(pl.lit("batch 7").alias("note"))
    loaded = at_the_door(frame).loaded
    assert loaded.columns == frame.columns
    assert loaded.pl()["note"].to_list() == ["batch 7"]


def test_a_refused_row_says_where_it_stood_what_it_broke_and_what_money_is_at_issue() -> None:
    (row,) = at_the_door(postings({}, {"currency": "EURO"})).refused.rows(named=True)
    assert (row["table"], row["source_row"], row["source_path"]) == ("ledger_postings", 3, None)
    assert row["rule"] == "currency_is_well_formed"
    assert row["reason"] == "currency must look like ^[A-Z]{3}$, but is 'EURO'"
    assert (row["amount"], row["currency"]) == (Decimal("10.000"), "EURO")
    content = json.loads(row["content"])
    assert (content["journal_id"], content["debit"]) == ("J1", "10.000")


def test_all_broken_rules_of_a_row_are_named_with_their_values() -> None:
    change = {"debit": Decimal(-5), "credit": Decimal(0), "currency": None, "book": None}
    (row,) = at_the_door(postings(change)).refused.rows(named=True)
    assert row["rule"] == "book_is_present, currency_is_present, sides_are_not_negative"
    assert row["reason"].endswith(
        "Debit and credit are each zero or positive, but debit is '-5.000' and credit is '0.000'"
    )


def test_a_rule_that_comes_out_null_is_not_broken() -> None:
    unknown = Rule("valued_after", "Value follows booking.", "value_date < booking_date")
    decided = at_the_door(postings({}, {"value_date": date(2026, 1, 1)}), unknown)
    assert decided.refused["rule"].to_list() == ["valued_after"]
    assert decided.rows_loaded == 1


def test_of_rows_with_one_key_the_first_sound_one_is_taken() -> None:
    frame = postings({"currency": "EURO"}, {}, {"debit": Decimal(99)}, {}).with_columns(
        pl.lit("J").alias("journal_id")
    )
    decided = at_the_door(frame.sample(fraction=1, shuffle=True, seed=3))
    assert decided.loaded.pl()["source_row"].to_list() == [3]
    assert decided.refused.select("source_row", "rule").rows() == [
        (2, "currency_is_well_formed"),
        (4, "key_is_unique"),
        (5, "key_is_unique"),
    ]


def test_rows_that_are_equal_in_everything_are_taken_once() -> None:
    frame = postings({}).with_columns(source_row=None, source_path=None)
    decided = at_the_door(pl.concat([frame, frame, frame]))
    assert (len(decided.loaded), decided.refused.height) == (1, 2)


def test_another_file_may_give_the_same_key_again() -> None:
    frame = postings({})
    both = pl.concat([frame.with_columns(source_file=pl.lit(name)) for name in ("a", "b")])
    assert at_the_door(both).rows_loaded == 2


def test_a_later_state_of_the_same_loan_is_not_a_repeat() -> None:
    assert contract("loans").identity == ("loan_id", "updated_at")


def test_quotes_and_semicolons_in_values_and_rules_stay_text() -> None:
    odd = Rule("no_quote", "It's plain.", "description = 'it''s; drop'")
    (row,) = at_the_door(postings({"description": "it's; drop"}), odd).refused.rows(named=True)
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
def test_every_row_is_loaded_or_refused_and_its_money_with_it(changes: list[dict]) -> None:
    frame = postings(*changes)
    decided = at_the_door(frame)
    loaded = decided.loaded.pl()
    assert loaded.height + decided.refused.height == frame.height == decided.rows_in

    def money(rows: pl.DataFrame) -> Counter[Decimal | None]:
        return Counter(rows.select(pl.col("debit") - pl.col("credit")).to_series().to_list())

    assert money(frame) == money(loaded) + Counter(decided.refused["amount"].to_list())
    assert not loaded.select("book", "journal_id", "line_number").is_duplicated().any()
    assert at_the_door(loaded).refused.is_empty()
