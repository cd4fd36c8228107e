"""A file or a row is withdrawn on record, left out of what is built, and can be taken back."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import polars as pl
import pytest

from pipelines.lake.lake import Lake
from pipelines.records.control_tables import FILES, FILES_SCHEMA, create_control_tables
from pipelines.records.withdrawals import WITHDRAWALS, hide_withdrawn
from pipelines.runs.withdrawing import WithdrawalError, withdraw
from quality.contract import contract
from quality.controls import evaluate_controls
from quality.controls.completeness.withdrawals import NAMED

NOW = datetime(2026, 3, 5, 9, tzinfo=UTC)
FILE = "premiums/2026-03-02/receipts.csv"
WHY: dict[str, Any] = {"actor": "Ann", "reason": "sent twice"}


@pytest.fixture
def taken(lake: Lake) -> Lake:
    """A lake that took in one file of two receipts, ten and five euros."""
    create_control_tables(lake)
    usual = {
        "obligation_type": "premium", "obligation_id": "I1", "currency": "EUR",
        "received_date": date(2026, 3, 2), "source_file": FILE, "source_sha256": "a" * 64,
        "known_at": datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC),
    }  # fmt: skip
    rows = [
        usual | {"receipt_id": f"R{number}", "amount": Decimal(amount), "source_row": number}
        for number, amount in ((2, 10), (3, 5))
    ]
    schema = contract("receipts").stored_schema
    lake.append_once("bronze/receipts", pl.DataFrame(rows, schema=schema), transaction_ids=["a"])
    told = {
        "feed": contract("receipts").feed, "file": FILE, "sha256": "a" * 64, "state": "loaded",
        "arrival_date": date(2026, 3, 2), "rows_in": 2, "rows_loaded": 2, "rows_quarantined": 0,
    }  # fmt: skip
    lake.append_once(FILES, pl.DataFrame([told], schema=dict(FILES_SCHEMA)), transaction_ids=["a"])
    return lake


def counted(lake: Lake, as_of: date | None = None) -> list[str]:
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    lake.register(con, "bronze/receipts")
    hide_withdrawn(con, lake, as_of)
    return [
        name for (name,) in con.sql("select receipt_id from bronze.receipts order by 1").fetchall()
    ]


def test_a_withdrawn_row_is_left_out_and_stays_in_bronze(taken: Lake) -> None:
    done = withdraw(taken, "receipts.csv", row=3, now=NOW, **WHY)
    assert (done.file, done.rows, done.amounts) == (FILE, 1, (("EUR", Decimal(5)),))
    assert counted(taken) == ["R2"]
    assert taken.read("bronze/receipts").collect().height == 2
    (row,) = taken.read(WITHDRAWALS).collect().to_dicts()
    assert (row["actor"], row["reason"], row["action"]) == ("Ann", "sent twice", "withdrawn")


def test_a_withdrawn_file_can_be_taken_back(taken: Lake) -> None:
    withdraw(taken, FILE, now=NOW, **WHY)
    assert counted(taken) == []
    withdraw(taken, FILE, now=NOW + timedelta(hours=1), take_back=True, **WHY)
    assert counted(taken) == ["R2", "R3"]


def test_earlier_figures_know_nothing_of_a_withdrawal(taken: Lake) -> None:
    withdraw(taken, FILE, now=NOW, **WHY)
    assert counted(taken, date(2026, 3, 4)) == ["R2", "R3"]
    assert counted(taken, date(2026, 3, 5)) == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"file": "nowhere.csv"}, "No file that was taken in is called nowhere.csv"),
        ({"file": FILE, "row": 9}, "has row 9 in bronze"),
        ({"file": FILE, "reason": " "}, "who withdraws it and why"),
        ({"file": FILE, "take_back": True}, "is not withdrawn"),
    ],
)
def test_what_cannot_be_withdrawn_is_refused_with_what_to_do(
    taken: Lake, asked: dict[str, object], said: str
) -> None:
    with pytest.raises(WithdrawalError, match=said):
        withdraw(taken, now=NOW, **{**WHY, **asked})


def test_the_law_counts_what_is_withdrawn_of_what_was_loaded(taken: Lake) -> None:
    withdraw(taken, FILE, row=3, now=NOW, **WHY)
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    taken.register(con, "bronze/receipts", WITHDRAWALS)
    (control,) = evaluate_controls(con, date(2026, 3, 5), [NAMED])
    assert (control.outcome, control.expected, control.actual) == ("passed", 1, 1)
    with pytest.raises(WithdrawalError, match="is withdrawn already"):
        withdraw(taken, FILE, row=3, now=NOW, **WHY)
