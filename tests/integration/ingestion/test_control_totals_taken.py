"""What a file states of itself goes on record with it, once, and a control holds it."""

from pathlib import Path
from typing import Any

import duckdb

from pipelines.feeds.contract_tables import csv as tabular
from pipelines.feeds.settlements.tabular import reader as settlement_csv
from pipelines.feeds.statements.bai2 import FORMATS
from pipelines.ingestion import ingest, land
from pipelines.lake.lake import Lake
from pipelines.lake.maintenance import tables
from pipelines.landing.zone import scan
from pipelines.records.control_tables import STATED_TOTALS
from pipelines.runs.withdrawing import withdraw
from quality.controls import CONTROLS, evaluate_controls
from tests.integration.ingestion.journals import DAY, NOW

FALSE = """01,SENDER,RECEIVER,260116,0600,1,80,,2/
02,RECEIVER,BANK,1,260115,2359,USD,2/
03,12345,,010,10000,,,015,15050,,/
16,195,5050,Z,BR1,E1,INVOICE 7/
49,99999,3/
98,30100,1,5/
99,30100,1,7/
"""


def test_a_false_total_is_a_control_that_fails_by_name_file_and_place(
    lake: Lake, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    folder = tmp_path / "in" / "statements" / DAY.isoformat()
    folder.mkdir(parents=True)
    (folder / "false.bai").write_text(FALSE)
    (folder / "cut.bai").write_text(FALSE.replace("99,30100,1,7/\n", ""))
    land(lake, tmp_path / "in", arrived=DAY, formats=FORMATS, now=NOW)
    for _ in range(2):
        taken = ingest(lake, con, scan(lake), formats=FORMATS, now=NOW)
    assert {file.state for file in taken.files} <= {"refused", "loaded"}
    stored = lake.read(STATED_TOTALS).collect()
    assert stored["file"].unique().to_list() == [f"statements/{DAY}/false.bai"]
    assert stored.height == stored["name"].n_unique() == 8

    duck = duckdb.connect()
    lake.register(duck, *tables(lake))
    found = evaluate_controls(
        duck, DAY, [control for control in CONTROLS if control.name == "statement_totals"]
    )
    (failed,) = [control for control in found if control.outcome == "failed"]
    assert (failed.file, failed.place) == (f"statements/{DAY}/false.bai", "line 5")
    assert (failed.expected, failed.actual) == (99999, 30100)
    assert sum(control.outcome == "passed" for control in found) == 7


SETTLED = (
    "settlement-id\tdeposit-date\ttotal-amount\tcurrency\ttransaction-type\tamount-type\t"
    "amount-description\tamount\tposted-date-time\n"
    "77\t2026-01-16 00:00:00 UTC\t99.00\tEUR\t\t\t\t\t\n"
    "77\t\t\t\tOrder\tItemPrice\tPrincipal\t100.00\t2026-01-15 10:00:00 UTC\n"
)
RECEIPTS = (
    "receipt_id,obligation_type,obligation_id,customer_id,entity_id,received_date,amount,currency,"
    "channel,payment_reference\nR1,premium,P1,C1,CH-INS,2026-01-15,5.00,EUR,card,E1\n"
    "Total,,,,,,999.00,,,\n"
)


def test_false_totals_of_settlements_and_tables_fail_until_their_file_is_withdrawn(
    lake: Lake, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    for feed, name, text in (
        ("settlements", "s.txt", SETTLED), ("premiums", "receipts.csv", RECEIPTS),
    ):  # fmt: skip
        folder = tmp_path / "in" / feed / DAY.isoformat()
        folder.mkdir(parents=True)
        (folder / name).write_text(text)
    known = (*tabular.FORMATS, *settlement_csv.FORMATS)
    land(lake, tmp_path / "in", arrived=DAY, formats=known, now=NOW)
    taken = ingest(lake, con, scan(lake), formats=known, now=NOW)
    assert [file.state for file in taken.files] == ["loaded", "loaded"]
    assert not any(file.quarantined.rows for file in taken.files)
    receipts, settled = f"premiums/{DAY}/receipts.csv", f"settlements/{DAY}/s.txt"
    assert false_totals(lake) == {
        ("table_totals", receipts, "line 3"): (999, 5),
        ("settlement_totals", settled, "line 2, payout 77"): (99, 100),
    }
    withdraw(lake, receipts, actor="Ann", reason="a false total", now=NOW)
    assert {file for _, file, _ in false_totals(lake)} == {settled}


def false_totals(lake: Lake) -> dict[Any, Any]:
    duck = duckdb.connect()
    duck.execute("set timezone = 'UTC'")
    lake.register(duck, *tables(lake))
    controls = [
        control for control in CONTROLS if control.name in ("table_totals", "settlement_totals")
    ]
    found = evaluate_controls(duck, max(DAY, NOW.date()), controls)
    assert not [control for control in found if control.outcome == "error"]
    return {
        (one.name, one.file, one.place): (one.expected, one.actual)
        for one in found
        if one.outcome == "failed"
    }
