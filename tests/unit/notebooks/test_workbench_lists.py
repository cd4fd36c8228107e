"""What the reconciliation page filters."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from notebooks.reconciliation_names import sides_of, type_of
from notebooks.workbench import ItemFilter

ITEMS = pl.DataFrame(
    {
        "item_id": ["a", "b", "c"],
        "title": ["Ledger and bank", "Ledger and bank", "Payouts and bank"],
        "type_name": ["Timing", "Fee", "Timing"],
        "owner": ["treasury", None, "payments"],
        "account_id": ["A", "B", "A"],
        "counterparty_name": ["Müller & Söhne", None, "(acme)"],
        "reference": [None, "RF18-5390", "INV.7"],
        "date": [date(2026, 5, 4)] * 3,
        "amount": [Decimal("-1500.00"), Decimal("20.00"), Decimal("7.50")],
        "age_business_days": [3, 40, None],
    },
    schema_overrides={"amount": pl.Decimal(18, 3)},
)


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        (ItemFilter(), "abc"),
        (ItemFilter(recons=["Ledger and bank"]), "ab"),
        (ItemFilter(types=["Timing"], accounts=["A"]), "ac"),
        (ItemFilter(owners=["payments"]), "c"),
        (ItemFilter(least_age=10), "b"),
        (ItemFilter(least_amount=Decimal("7.51")), "ab"),
        (ItemFilter(text=" müller"), "a"),
        (ItemFilter(text="rf18"), "b"),
        (ItemFilter(text="(ACME)"), "c"),
        (ItemFilter(text="1,500.0"), "a"),
        (ItemFilter(text="v.7"), "c"),
        (ItemFilter(text="nobody"), ""),
    ],
)
def test_a_filter_lets_through_what_it_says(wanted: Any, left: str) -> None:
    assert "".join(wanted.of(ITEMS)["item_id"]) == left


def test_sides_and_types_go_by_the_names_of_their_reconciliation() -> None:
    assert type_of("missing_left", "ledger_bank") == "Not in Bank"
    assert type_of("missing_left", "claims_ledger") == "Not in Claims register"
    assert sides_of("ledger_bank").name("right") == "Ledger"
    assert sides_of("till_safe").title == "Till safe"
    assert type_of("same_reference", "ledger_bank") == "Same reference"


def test_every_reconciliation_that_ships_has_named_sides(repository: Path) -> None:
    shipped = {path.stem for path in (repository / "quality/reconciliation/rules").glob("*.yaml")}
    for recon in shipped - {"default"}:
        assert "Left" not in (sides_of(recon).left, sides_of(recon).right), recon
