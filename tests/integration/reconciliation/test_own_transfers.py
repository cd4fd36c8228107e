"""Money that moves between accounts of ours is one event with two bank lines."""

from datetime import date
from decimal import Decimal

import polars as pl

from quality.reconciliation.pipeline import reconcile_sides


def leg(
    side: str, row: str, sender: str, receiver: str, amount: str, day: int
) -> dict[str, object]:
    return {
        "recon": "own_transfers",
        "side": side,
        "row_id": row,
        "account_id": receiver,
        "counterparty_account": sender,
        "date": date(2026, 3, day),
        "amount": Decimal(amount),
        "currency": "EUR",
        "description": "Own transfer",
    }


def test_legs_find_each_other_by_both_accounts_and_the_lone_one_is_told() -> None:
    legs = [
        leg("left", "out1", "CLAIMS", "TREASURY", "5000.00", 2),
        leg("left", "out2", "PREMIUMS", "TREASURY", "5000.00", 2),
        leg("left", "out3", "PREMIUMS", "RESERVE", "7000.00", 2),
        leg("right", "in1", "CLAIMS", "TREASURY", "5000.00", 3),
        leg("right", "in2", "PREMIUMS", "TREASURY", "5000.00", 3),
    ]
    sides = pl.DataFrame(legs, schema_overrides={"amount": pl.Decimal(18, 3)})
    found = reconcile_sides(sides, as_of=date(2026, 6, 30))
    pairs = found.matches.sort("match_id", "side").group_by("match_id").agg("row_id")["row_id"]
    assert sorted(pairs.to_list()) == [["out1", "in1"], ["out2", "in2"]]
    assert set(found.matches["tier"]) == {"auto"}
    assert found.breaks.select("row_id", "break_type").rows() == [("out3", "missing_right")]
