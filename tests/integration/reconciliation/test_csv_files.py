"""Two CSV files through the stand-alone reconciliation, as a user would run it."""

import csv
import json
from pathlib import Path

import pytest

from pipelines.reconciliation.csv_files import InputError, read_side, reconcile_files

LEFT = (
    "id,date,description,amount\n"
    "B1,2026-03-03,ACH DEBIT HARBOR FOODS LTD,-471.10\n"
    "B2,2026-03-04,ACCOUNT FEE,-3.50\n"
)
RIGHT = (
    "id,date,description,amount,ref,entry_type\n"
    'G1,2026-03-02,"Harbor Foods Ltd - rent",-471.10,AP-1,normal\n'
    'G2,2026-03-02,"Copper AG - paint",-80.13,CHK-4711,normal\n'
    'G3,2026-03-03,"VOID - Check #4711 to Copper AG",80.13,CHK-4711-V,void\n'
)


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_two_files_become_matches_offsets_breaks_and_a_summary_that_balances(
    tmp_path: Path,
) -> None:
    left, right = written(tmp_path, "bank.csv", LEFT), written(tmp_path, "ledger.csv", RIGHT)
    report = reconcile_files(left, right, tmp_path / "out")
    matches = rows(tmp_path / "out" / "matches.csv")
    assert [(row["left_id"], row["right_id"], row["tier"]) for row in matches] == [
        ("B1", "G1", "auto")
    ]
    assert set(matches[0]) == {"match_id", "left_id", "right_id", "kind", "tier", "rule", "score"}
    assert rows(tmp_path / "out" / "offsets.csv") == [{"side": "right", "id_1": "G2", "id_2": "G3"}]
    breaks = rows(tmp_path / "out" / "breaks.csv")
    assert [(row["side"], row["id"], row["kind"]) for row in breaks] == [
        ("left", "B2", "missing_right")
    ]
    summary = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert summary["left"]["balances"]
    assert summary["right"]["balances"]
    assert report.folder == tmp_path / "out"
    cards = (tmp_path / "out" / "evidence.jsonl").read_text("utf-8").splitlines()
    assert {json.loads(card)["subject"] for card in cards} == {"match", "break"}


def test_no_cell_of_the_result_is_a_formula_and_amounts_stay_numbers(tmp_path: Path) -> None:
    head = "id,date,description,amount,currency\n"
    bad = '"=HYPERLINK(""http://x"")",2026-03-03,=1+1,-471.10,EUR\n@SUM(A1),2026-03-04,x,9.00,EUR\n'
    left = written(tmp_path, "bank.csv", f"{head}{bad}")
    right = written(tmp_path, "ledger.csv", f"{head}+cmd|calc,2026-03-03,=1+1,-471.10,EUR\n")
    reconcile_files(left, right, tmp_path / "out")
    cells = [
        (name, value)
        for path in sorted((tmp_path / "out").glob("*.csv"))
        for row in rows(path)
        for name, value in row.items()
    ]
    formulas = {value for _, value in cells if value.startswith(tuple("=+-@\t\r"))}
    assert {float(value) < 0 for value in formulas} <= {True}
    told = {value for name, value in cells if name.endswith("id") or name == "left_id"}
    assert {'\'=HYPERLINK("http://x")', "'@SUM(A1)"} <= told
    cards = (tmp_path / "out" / "evidence.jsonl").read_text("utf-8")
    assert "'@SUM(A1)" not in cards


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("id,date,amount\nB1,2026-03-03,1.00\n", "no column description"),
        (
            LEFT.replace("-3.50", "1.234,50").replace("1.234,50", '"1.234,50"'),
            "row 3, column amount",
        ),
        (LEFT.replace("2026-03-04", "04/03/2026"), "row 3, column date"),
        (LEFT.replace("B2", "B1"), "row 3, column id"),
        (LEFT.replace("B2", ""), "an id is needed"),
    ],
)
def test_bad_input_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_side(written(tmp_path, "bank.csv", text))


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.csv: there is no such file"):
        read_side(tmp_path / "nowhere.csv")


def test_files_with_a_header_only_give_empty_results(tmp_path: Path) -> None:
    left = written(tmp_path, "bank.csv", "id,date,description,amount\n")
    right = written(tmp_path, "ledger.csv", "id,date,description,amount\n")
    report = reconcile_files(left, right, tmp_path / "out")
    assert report.summary["matches"] == 0


@pytest.mark.data
def test_the_open_benchmark_is_met_with_the_default_rules(
    shared_data: Path, tmp_path: Path
) -> None:
    folder = shared_data / "bank_rec"
    reconcile_files(folder / "bank.csv", folder / "ledger.csv", tmp_path)
    found = {(row["left_id"], row["right_id"]) for row in rows(tmp_path / "matches.csv")}
    truth = rows(folder / "truth_pairs.csv")
    true = {(row["bank_id"], row["ledger_id"]) for row in truth}
    batches = {(row["bank_id"], row["ledger_id"]) for row in truth if row["kind"] == "batch"}
    precision, recall = len(found & true) / len(found), len(found & true) / len(true)
    assert precision >= 0.995
    assert 2 * precision * recall / (precision + recall) >= 0.97
    assert len(batches & found) / len(batches) >= 0.95
    offsets = {frozenset((row["id_1"], row["id_2"])) for row in rows(tmp_path / "offsets.csv")}
    voided = {
        frozenset((row["ledger_id_1"], row["ledger_id_2"]))
        for row in rows(folder / "truth_offsetting.csv")
    }
    assert len(offsets & voided) / len(voided) >= 0.98
    assert len(offsets & voided) / len(offsets) >= 0.98


def test_what_a_file_states_of_an_amount_is_evidence_for_its_cause(tmp_path: Path) -> None:
    bank = (
        "id,date,description,amount,currency,instructed_amount,instructed_currency,exchange_rate\n"
        "B1,2026-03-03,HARBOR FOODS LTD INV-7001,909.09,EUR,1000.00,USD,1.1\n"
        "B2,2026-03-04,COPPER AG INV-7002,413.31,EUR,,,\n"
    )
    book = (
        "id,date,description,amount,currency,ref,ordered_amount\n"
        "G1,2026-03-02,Harbor Foods Ltd,900.00,EUR,INV-7001,\n"
        "G2,2026-03-02,Copper AG,431.31,EUR,INV-7002,431.31\n"
    )
    sides = written(tmp_path, "bank.csv", bank), written(tmp_path, "book.csv", book)
    reconcile_files(*sides, tmp_path / "out")
    causes = {row["amount"]: row["cause"] for row in rows(tmp_path / "out" / "adjustments.csv")}
    assert causes == {"9.090": "exchange_difference", "-18.000": "charge_deducted"}
    odd = written(tmp_path, "odd.csv", bank.replace("1.1\n", "one\n", 1))
    with pytest.raises(InputError, match=r"row 2, column exchange_rate: a number"):
        read_side(odd)
