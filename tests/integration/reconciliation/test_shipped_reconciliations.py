"""The reconciliations of the house, on a small demo: who settles whom beyond bank and ledger.

This demo is too small for a transfer between own accounts; those are tried in the dbt unit tests.
"""

import polars as pl
import pytest

from pipelines.lake.lake import Lake
from tests.conftest import House


@pytest.fixture(scope="module")
def lake(house: House) -> Lake:
    return Lake(house.lake)


def of(lake: Lake, table: str, recon: str) -> pl.DataFrame:
    return lake.read(table).filter(pl.col("recon") == recon).collect()


def test_the_claims_register_meets_the_ledger_line_by_line(lake: Lake) -> None:
    sides = of(lake, "silver/int_recon_sides", "claims_ledger")
    matches = of(lake, "silver/recon_matches", "claims_ledger")
    assert {"left", "right"} == set(sides["side"])
    assert matches.height / sides.height > 0.9
    references = sides.select("side", "row_id", "reference")
    pairs = matches.filter(rule="same_reference").join(references, on=["side", "row_id"])
    assert (pairs.group_by("match_id").agg(pl.col("reference").n_unique())["reference"] == 1).all()


def test_what_was_collected_meets_what_was_booked(lake: Lake) -> None:
    sides = of(lake, "silver/int_recon_sides", "receipts_ledger")
    assert set(sides.filter(side="left")["document_type"]).isdisjoint({"card", "wallet"})
    matches = of(lake, "silver/recon_matches", "receipts_ledger").filter(tier="auto")
    receipts = sides.filter(side="left")
    settled = matches.filter(side="left")["row_id"].n_unique()
    assert settled / receipts.height > 0.75


def test_a_returned_debit_is_taken_back_where_it_was_booked(lake: Lake) -> None:
    receipts = of(lake, "silver/int_recon_sides", "receipts_ledger")
    claims = of(lake, "silver/int_recon_sides", "claims_ledger")
    returned = receipts.filter(document_type="reversal")
    assert (returned["amount"] < 0).all()
    assert set(returned["row_id"]).isdisjoint(claims["row_id"])
