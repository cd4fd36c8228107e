"""Small books whose right answer a person can see, settled by the whole engine."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest

from quality.reconciliation.decisions.model import ManualDecision
from quality.reconciliation.engine import reconcile
from quality.reconciliation.outcome import ReconciliationResult
from quality.reconciliation.pipeline import reconcile_sides
from quality.reconciliation.reporting.rule_diff import compare_rules
from quality.reconciliation.rules import shipped
from quality.reconciliation.sides import SideError

RULES = shipped("default")
DAY = date(2026, 3, 2)


def side(*rows: tuple[str, int, str, str]) -> pl.DataFrame:
    """Rows of (id, day, amount, description)."""
    return pl.DataFrame(
        [(name, DAY + timedelta(day), Decimal(amount), text) for name, day, amount, text in rows],
        schema={
            "row_id": pl.String,
            "date": pl.Date,
            "amount": pl.Decimal(18, 3),
            "description": pl.String,
        },
        orient="row",
    ).with_columns(pl.lit("EUR").alias("currency"), pl.lit("A1").alias("account_id"))


def pairs(outcome: ReconciliationResult) -> set[tuple[str, str]]:
    left = outcome.matches.filter(side="left").select("match_id", l="row_id")
    right = outcome.matches.filter(side="right").select("match_id", r="row_id")
    return set(left.join(right, on="match_id").select("l", "r").iter_rows())


def test_empty_sides_give_an_empty_result_of_the_right_shape() -> None:
    outcome = reconcile(side(), side(), RULES)
    assert outcome.matches.is_empty()
    assert outcome.breaks.is_empty()
    assert outcome.matches.schema["amount"] == pl.Decimal(18, 3)


def test_a_name_cut_short_still_finds_its_row() -> None:
    left = side(
        ("B1", 1, "-471.10", "ACH DEBIT HARBOR FOO"), ("B2", 1, "-471.10", "ACH DEBIT COPPER FR")
    )
    right = side(
        ("G1", 0, "-471.10", "Copper Freight GmbH - rent"),
        ("G2", 0, "-471.10", "Harbor Foods Ltd - rent"),
    )
    assert pairs(reconcile(left, right, RULES)) == {("B1", "G2"), ("B2", "G1")}


def test_a_batch_balances_and_says_how_unlikely_luck_is() -> None:
    left = side(("B1", 3, "-612.34", "SEPA DD ASTER MEDIA INC"))
    right = side(
        *(
            (f"G{n}", n, a, "Aster Media Inc - fees")
            for n, a in enumerate(("-100.11", "-212.23", "-300.00"))
        )
    )
    outcome = reconcile(left, right, RULES)
    assert set(outcome.matches["kind"]) == {"one_to_many"}
    card = json.loads(outcome.matches["evidence"][0])
    assert card["parts"]["both_sides_sum_to"] == "-612.340"
    assert card["parts"]["expected_by_chance"] < 0.01


def test_several_rows_of_a_party_settle_several_others_as_a_suggestion() -> None:
    left = side(("B1", 2, "-150.25", "Aster Media Inc"), ("B2", 3, "-349.75", "Aster Media Inc"))
    right = side(("G1", 0, "-200.15", "Aster Media Inc"), ("G2", 1, "-299.85", "Aster Media Inc"))
    outcome = reconcile(left, right, RULES)
    assert set(outcome.matches["kind"]) == {"many_to_many"}
    assert set(outcome.matches["tier"]) == {"suggested"}


def test_a_charge_becomes_an_explicit_adjustment() -> None:
    left = side(("B1", 1, "9985.55", "WIRE IN HARBOR FOODS LTD"))
    right = side(("G1", 0, "10000.55", "Harbor Foods Ltd - Customer payment"))
    outcome = reconcile(left, right, RULES)
    assert outcome.adjustments["amount"].to_list() == [Decimal("-15.000")]
    assert outcome.adjustments["cause"].to_list() == ["charge_deducted"]


def test_a_void_cancels_the_cheque_it_names_and_leaves_its_replacement_alone() -> None:
    left = side(("B1", 9, "-56658.50", "CHECK #4879"))
    right = side(
        ("G1", 0, "-56658.50", "Ironwood Corp - fees"),
        ("G2", 3, "56658.50", "VOID - Check #4878 to Ironwood Corp"),
        ("G3", 4, "-56658.50", "Ironwood Corp - Reissued (replaces voided #4878)"),
    ).with_columns(
        pl.Series("reference", ["CHK-4878", "CHK-4878-V", "CHK-4879"]),
        pl.Series("document_type", ["normal", "void", "normal"]),
    )
    outcome = reconcile(left, right, RULES)
    assert pairs(outcome) == {("B1", "G3")}
    assert set(outcome.matches.filter(kind="offset")["row_id"]) == {"G1", "G2"}


def test_two_references_of_a_shared_family_that_differ_are_never_settled() -> None:
    names = [f"EP{n:08}" for n in range(30)]
    left = side(*((f"B{n}", n % 5, f"{100 + n}.11", "Liam Wagner") for n in range(30)))
    left = left.with_columns(pl.Series("reference", names))
    right = side(*((f"G{n}", n % 5, f"{100 + n}.11", "Liam Wagner") for n in range(30)))
    right = right.with_columns(pl.Series("reference", [*names[:29], "EP99999999"]))
    found = pairs(reconcile(left, right, RULES))
    assert ("B28", "G28") in found
    assert ("B29", "G29") not in found


def test_a_decision_above_the_threshold_waits_for_a_second_person() -> None:
    left, right = side(("B1", 0, "-20000.00", "x")), side(("G1", 9, "-19000.00", "y"))
    alone = ManualDecision(
        "D1", "match", ("B1",), ("G1",), "ann", datetime(2026, 4, 1, tzinfo=UTC), "agreed"
    )
    outcome = reconcile(left, right, RULES, decisions=[alone])
    assert outcome.matches.is_empty()
    assert "second person" in outcome.not_effective["D1"]
    checked = ManualDecision(
        "D1", "match", ("B1",), ("G1",), "ann", alone.decided_at, "agreed", "bob"
    )
    outcome = reconcile(left, right, RULES, decisions=[checked])
    assert pairs(outcome) == {("B1", "G1")}
    assert outcome.adjustments["amount"].to_list() == [Decimal("-1000.000")]


def test_money_as_float_is_refused() -> None:
    with pytest.raises(SideError, match="decimal"):
        reconcile(side(("B1", 0, "1.00", "x")).cast({"amount": pl.Float64}), side(), RULES)


def test_an_unknown_reconciliation_runs_with_the_default_rules() -> None:
    rows = side(("B1", 1, "-471.10", "Harbor Foods Ltd")).with_columns(
        recon=pl.lit("new"), side=pl.lit("left")
    )
    done = reconcile_sides(rows, as_of=DAY)
    assert done.matches.is_empty()
    assert done.breaks["recon"].to_list() == ["new"]


def test_what_if_names_what_a_draft_would_lose() -> None:
    left, right = (
        side(("B1", 9, "-471.10", "Harbor Foods")),
        side(("G1", 0, "-471.10", "Harbor Foods Ltd")),
    )
    kept = [rule for rule in RULES.rules if getattr(rule, "by", "") != "amount"]
    draft = RULES.model_copy(update={"rules": tuple(kept)})
    difference = compare_rules(RULES, draft, left, right)
    assert difference.lost["row_id"].to_list() == ["B1", "G1"]
    assert difference.gained.is_empty()


def test_a_collection_without_names_is_settled_by_the_number_of_items_it_states() -> None:
    amounts = ["41.17", "58.23", "19.99", "77.41", "23.05", "64.80"]
    names = ["Ann Abel", "Bo Bird", "Cy Cole", "Di Dunn", "Ed Eden", "Flo Fox"]
    right = side(*((f"G{n}", 0, a, names[n]) for n, a in enumerate(amounts)))
    total = str(sum(map(Decimal, amounts[:3])))
    left = side(("B1", 0, total, "BATCH 77 NUMBER 3"), ("B2", 0, "500.00", "Gus Gray"))
    left = left.with_columns(pl.Series("counterparty_name", [None, "Gus Gray"]))
    right = right.with_columns(pl.Series("counterparty_name", names))
    found = reconcile(left, right, RULES).matches
    assert set(found.filter(pl.col("tier") == "auto")["row_id"]) == {"B1", "G0", "G1", "G2"}


def test_rows_of_one_reference_settle_the_remittance_of_their_payer() -> None:
    right = side(*((f"G{n}", 0, f"{n + 20}.37", "Fairway Risk LLP") for n in range(15)))
    right = right.with_columns(pl.lit("RM-4-20469-0").alias("reference"))
    total = str(right["amount"].sum())
    left = side(("B1", 1, total, "FAIRWAY RISK LLP"), ("B2", 1, total, "Aster Media Inc"))
    found = reconcile(left, right, RULES).matches
    assert found.filter(side="left")["row_id"].to_list() == ["B1"]
    assert set(found["rule"]) == {"total_of_reference"}


def test_a_charge_that_the_ledger_books_a_week_later_still_finds_it() -> None:
    words = "Account maintenance and transaction charges"
    outcome = reconcile(side(("B1", 0, "-67.24", words)), side(("G1", 7, "-67.24", words)), RULES)
    assert pairs(outcome) == {("B1", "G1")}


def test_an_account_that_is_seldom_used_is_covered_by_the_rest_of_its_side() -> None:
    days = [n for n in range(60) if (DAY + timedelta(n)).weekday() < 5]
    busy = [(n, f"{100 + n}.11") for n in days]
    left = side(*((f"B{n}", n, a, f"Payee {n}x") for n, a in busy), ("Q", 0, "-71.37", "Charges"))
    right = side(*((f"G{n}", n, a, f"Payee {n}x") for n, a in busy), ("R", 1, "-10.00", "Interest"))
    away = pl.when(pl.col("row_id").is_in(["Q", "R"])).then(pl.lit("A2")).otherwise("account_id")
    breaks = reconcile(
        left.with_columns(account_id=away), right.with_columns(account_id=away), RULES
    ).breaks
    assert breaks.filter(pl.col("row_id") == "Q")["break_type"].to_list() == ["missing_right"]
