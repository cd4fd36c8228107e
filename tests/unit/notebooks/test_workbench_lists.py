"""What the reconciliation page filters, adds up and hands out."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from notebooks.workbench import Wanted, as_csv, difference

ITEMS = pl.DataFrame(
    {
        "item_id": ["a", "b", "c"],
        "recon": ["ledger_bank", "ledger_bank", "payout_bank"],
        "type": ["timing", "fee", "timing"],
        "owner": ["treasury", None, "payments"],
        "account_id": ["A", "B", "A"],
        "date": [date(2026, 5, 4)] * 3,
        "amount": [Decimal("-500.00"), Decimal("20.00"), Decimal("7.50")],
        "age_business_days": [3, 40, None],
    },
    schema_overrides={"amount": pl.Decimal(18, 3)},
)


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        (Wanted(), "abc"),
        (Wanted(recons=["ledger_bank"]), "ab"),
        (Wanted(types=["timing"], accounts=["A"]), "ac"),
        (Wanted(owners=["payments"]), "c"),
        (Wanted(least_age=10), "b"),
        (Wanted(least_amount=Decimal("7.51")), "ab"),
    ],
)
def test_a_filter_lets_through_what_it_says(wanted, left):
    assert "".join(wanted.of(ITEMS)["item_id"]) == left


def test_ticked_rows_are_added_up_from_what_the_page_shows():
    left = [{"amount": "1,234,567.10"}, {"amount": "-0.10"}]
    assert difference(left, [{"amount": "1,234,000.00"}]) == (
        "Left 1,234,567.00, right 1,234,000.00, difference 567.00."
    )


def test_no_text_of_a_list_becomes_a_formula_and_amounts_stay_amounts():
    rows = pl.DataFrame(
        {
            "row_id": ["=1+1", "plain", "@SUM(A1)", "-2+3", None],
            "why": ["+x", "\ty", "z", "", "= x"],
            "amount": [Decimal("-1.500")] * 5,
        },
        schema_overrides={"amount": pl.Decimal(18, 3)},
    )
    lines = as_csv(rows).decode().splitlines()
    assert lines[0] == "row_id,why,amount"
    assert lines[1] == "'=1+1,'+x,-1.500"
    assert lines[2] == "plain,'\ty,-1.500"
    assert lines[3] == "'@SUM(A1),z,-1.500"
    assert lines[4].startswith("'-2+3,")
    assert lines[5].endswith(",'= x,-1.500")
