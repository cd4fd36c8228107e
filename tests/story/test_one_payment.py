"""One payment's walk: from the file it came in to the forecast it moves.

The tests stand in the order of the walk and follow the same payment, a direct one that the truth of
the demo says was settled by one bank entry. Read them from top to bottom to learn the house.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import date, timedelta
from inspect import getsource
from pathlib import Path
from typing import Any

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

    def only(self, table: str, **equal: object) -> dict[str, Any]:
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
    account, day = entry["account_id"], entry["booking_date"]
    position = walk.only("gold/fct_cash_position", account_id=account, date=day)
    # What the bank booked on the day, our entry among it, is what the position says moved.
    booked = walk.rows("silver/stg_statement_entries", account_id=account, booking_date=day)
    amounts = dict(booked.select("entry_id", "amount").iter_rows())
    assert walk.entry_id in amounts
    assert position["inflow"] == sum(amount for amount in amounts.values() if amount > 0)
    assert position["outflow"] == -sum(amount for amount in amounts.values() if amount < 0)
    assert position["closing_balance"] == position["opening_balance"] + sum(amounts.values())


def test_7_its_customer_is_known_by_it_from_the_day_it_was_known(walk: Walk) -> None:
    payment = walk.rows("gold/fct_payments", end_to_end_id=walk.end_to_end_id).row(0, named=True)
    said = walk.only(
        "bronze/payment_events", payment_id=payment["payment_id"], event_type="initiated"
    )
    made = payment["initiated_at"].date()
    known = max(said["known_at"], said["occurred_at"]).date()
    customer = payment["customer_id"]
    facts = walk.rows("silver/int_payment_facts", customer_id=customer, event_type="initiated")
    days = walk.rows("features/ftr_customer_velocity", customer_id=customer).select(
        "payments_30d", pl.col("event_timestamp", "known_at").dt.date()
    )
    assert known in days["event_timestamp"]
    for counted, day, known_day in days.iter_rows():
        alive = pl.col("superseded_date").is_null() | (pl.col("superseded_date") > day)
        recent = facts.filter(
            alive,
            pl.col("known_date") <= day,
            pl.col("fact_date").is_between(day - timedelta(days=29), day),
        )
        assert counted == recent.height
        ours = payment["payment_id"] in recent["payment_id"]
        assert ours == (known <= day <= made + timedelta(days=29))
        assert known_day <= day


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


ROOMS = {
    "landing": "lake.landing",
    "bronze": "bronze/",
    "silver": "silver/",
    "matching": "silver/recon_matches",
    "gold": "gold/fct_cash_position",
    "features": "features/",
    "models": "gold/fct_liquidity_forecast",
}
"""The rooms of the picture in the README, and what a step of the walk reads there."""


def test_the_walk_goes_through_the_rooms_of_the_readme_in_their_order(repository: Path) -> None:
    readme = (repository / "README.md").read_text("utf-8")
    assert "(tests/story/test_one_payment.py)" in readme
    (picture,) = (line for line in readme.splitlines() if "landing ──►" in line)
    assert [room for room in re.findall(r"\w+", picture) if room in ROOMS] == list(ROOMS)
    steps = [getsource(step) for name, step in globals().items() if re.match(r"test_\d", name)]
    reached = [next(n for n, step in enumerate(steps) if mark in step) for mark in ROOMS.values()]
    assert reached == sorted(reached)
