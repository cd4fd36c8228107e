"""One payment's walk: from the file it came in to the forecast it moves.

The tests stand in the order of the walk and follow the same payment, a direct one that the truth of
the demo says was settled by one bank entry. Read them from top to bottom to learn the house.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipelines.lake.lake import Lake
from tests.conftest import House


@dataclass(frozen=True)
class Walk:
    """The payment we follow, by its names in the ledger and at the bank."""

    lake: Lake
    posting_id: str
    entry_id: str
    end_to_end_id: str

    def rows(self, table: str, **equal: object) -> pl.DataFrame:
        """The rows of a table in which the named columns have these values."""
        return self.lake.read(table).filter(*(pl.col(k) == v for k, v in equal.items())).collect()

    def only(self, table: str, **equal: object) -> dict[str, object]:
        """The one row of a table that they describe."""
        found = self.rows(table, **equal)
        assert found.height == 1, f"{table} has {found.height} rows with {equal}"
        return found.row(0, named=True)


@pytest.fixture(scope="module")
def walk(house: House) -> Walk:
    lake = Lake(house.lake)
    links = pl.read_parquet(house.demo / "truth" / "recon_links.parquet").filter(
        pl.col("recon") == "ledger_bank", pl.col("kind") == "exact"
    )
    payments = lake.read("gold/fct_payments").filter(
        pl.col("state") == "banked", pl.col("customer_id").is_not_null()
    )
    postings = lake.read("gold/fct_ledger_postings").select("posting_id", "reference").collect()
    followed = (
        links.join(postings, left_on="right_row_id", right_on="posting_id")
        .join(payments.collect(), left_on="reference", right_on="end_to_end_id")
        .sort("right_row_id")
        .row(0, named=True)
    )
    return Walk(lake, followed["right_row_id"], followed["left_row_id"], followed["reference"])


def test_1_it_lands_byte_for_byte_in_a_file_that_nobody_changes(walk: Walk, house: House) -> None:
    posting = walk.only("gold/fct_ledger_postings", posting_id=walk.posting_id)
    landed = walk.lake.landing / str(posting["source_file"])
    sent = house.demo / "landing" / str(posting["source_file"])
    assert landed.read_bytes() == sent.read_bytes()


def test_2_bronze_knows_the_line_it_came_from(walk: Walk) -> None:
    book, journal, line = walk.posting_id.split("|")
    row = walk.only("bronze/ledger_postings", book=book, journal_id=journal, line_number=int(line))
    file = walk.lake.landing / str(row["source_file"])
    assert hashlib.sha256(file.read_bytes()).hexdigest() == row["source_sha256"]
    text = file.read_text("utf-8").splitlines()[int(str(row["source_row"])) - 1]
    assert walk.end_to_end_id in text


def test_3_the_payment_hub_tells_its_life_in_order(walk: Walk) -> None:
    payment = walk.rows("gold/fct_payments", end_to_end_id=walk.end_to_end_id).row(0, named=True)
    stages = [payment[f"{stage}_at"] for stage in ("initiated", "authorised", "submitted")]
    reached = [moment for moment in (*stages, payment["banked_at"]) if moment is not None]
    assert payment["initiated_at"] is not None
    assert reached == sorted(reached)
    assert payment["state"] == "banked"


def test_4_the_ledger_books_it_twice_and_to_zero(walk: Walk) -> None:
    book, journal, _ = walk.posting_id.split("|")
    lines = walk.rows("gold/fct_ledger_postings", book=book, journal_id=journal)
    assert lines.height >= 2
    assert lines["debit"].sum() == lines["credit"].sum()


def test_5_the_bank_entry_and_the_posting_settle_each_other_and_nothing_else(walk: Walk) -> None:
    posting = walk.only("silver/recon_matches", recon="ledger_bank", row_id=walk.posting_id)
    members = walk.rows("silver/recon_matches", match_id=posting["match_id"])
    assert set(members["row_id"]) == {walk.posting_id, walk.entry_id}
    assert posting["tier"] == "auto"
    by_side = dict(members.group_by("side").agg(pl.col("amount").sum()).iter_rows())
    assert by_side["left"] == by_side["right"]


def test_6_it_stands_in_the_cash_position_of_its_day(walk: Walk) -> None:
    entry = walk.only("silver/stg_statement_entries", entry_id=walk.entry_id)
    day, amount = entry["booking_date"], Decimal(str(entry["amount"]))
    position = walk.only("gold/fct_cash_position", account_id=entry["account_id"], date=day)
    moved = Decimal(str(position["inflow" if amount > 0 else "outflow"]))
    assert abs(moved) >= abs(amount)
    opening, closing = position["opening_balance"], position["closing_balance"]
    net = Decimal(str(position["inflow"])) - abs(Decimal(str(position["outflow"])))
    assert closing == opening + net


def test_7_its_customer_is_known_by_it_from_the_day_it_was_known(walk: Walk) -> None:
    payment = walk.rows("gold/fct_payments", end_to_end_id=walk.end_to_end_id).row(0, named=True)
    rows = walk.rows("features/ftr_customer_velocity", customer_id=payment["customer_id"])
    after = rows.filter(pl.col("event_timestamp") >= payment["initiated_at"])
    assert after.height > 0
    assert after["payments_30d"].max() >= 1
    assert (rows["known_at"] >= rows["event_timestamp"].min()).all()


def test_8_the_forecast_starts_from_the_cash_it_moved(walk: Walk) -> None:
    forecast = walk.lake.read("gold/fct_liquidity_forecast").collect()
    as_of = forecast["as_of"].max()
    assert isinstance(as_of, date)
    group = forecast.filter(pl.col("as_of") == as_of, pl.col("level") == "group")
    first = {row["measure"]: row for row in group.filter(pl.col("horizon_days") == 1).to_dicts()}
    position = walk.lake.read("gold/fct_cash_position").filter(pl.col("date") <= as_of).collect()
    today = position.filter(pl.col("date") == position["date"].max())
    assert first["balance"]["p50"] - first["flow"]["p50"] == today["closing_balance_base"].sum()


def test_9_every_control_is_on_record_whatever_it_says(walk: Walk) -> None:
    controls = walk.lake.read("gold/fct_controls").collect()
    assert controls.height > 0
    assert set(controls["outcome"]) <= {"passed", "failed", "error", "skipped"}
    assert controls.filter(pl.col("outcome") == "error").is_empty()


def test_the_walk_reads_like_the_readme_says(repository: Path) -> None:
    assert "tests/story/test_one_payment.py" in (repository / "README.md").read_text("utf-8")
