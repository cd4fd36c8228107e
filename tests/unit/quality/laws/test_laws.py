"""Each law passes on books that keep it, and names what breaks it, whichever way it is off."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import duckdb
import pytest

from quality.laws import LAWS, Law, check_laws, to_frame
from quality.verdict import Control

DAY = date(2026, 1, 31)
LAW = {law.name: law for law in LAWS}


def held(name: str, tables: Mapping[str, str]) -> list[Control]:
    """The controls of one law over tables that are given as queries."""
    con = duckdb.connect()
    for schema in ("bronze", "silver", "control"):
        con.execute(f"create schema {schema}")
    for table, query in tables.items():
        con.execute(f"create view {table} as {query}")
    return check_laws(con, DAY, [LAW[name]])


def outcomes(name: str, tables: Mapping[str, str]) -> list[tuple[str, str, str | None]]:
    return [
        (c.outcome, c.scope, None if c.difference is None else str(c.difference))
        for c in held(name, tables)
    ]


def rows(columns: str, *values: str) -> str:
    listed = ", ".join(f"({value})" for value in values)
    return f"select * from (values {listed}) as t({columns})"


FILES = (
    "feed, file, sha256, arrival_date, state, rows_in, rows_loaded, rows_quarantined,"
    " amount_in, amount_loaded, amount_quarantined"
)
POSTED = "source_sha256, known_at, debit, credit"


def landed(*, loaded: int = 2, stored: int = 2, known: str = "2026-01-05") -> dict[str, str]:
    line = f"'s1', timestamptz '{known} 23:59:59+00', 10.000, 0.000"
    return {
        "control.files": rows(
            FILES,
            f"'ledger', 'a.csv', 's1', date '2026-01-05', 'loaded', 3, {loaded}, 1, 25, 20, 5",
            "'ledger', 'b.csv', 's2', date '2026-01-05', 'refused', 0, 0, 0, 0, 0, 0",
            "'ledger', 'c.csv', 's3', date '2026-02-01', 'loaded', 9, 9, 0, 9, 9, 0",
        ),
        "control.quarantine": rows("sha256, amount", "'s1', 5.000"),
        "bronze.ledger_postings": rows(POSTED, *[line] * stored),
    }


def test_a_file_is_conserved_in_rows_and_money_from_landing_to_bronze() -> None:
    controls = held("file_conservation", landed())
    assert [c.outcome for c in controls] == ["passed"] * 6
    assert {c.scope: c.actual for c in controls}["ledger: amounts in bronze"] == Decimal(20)


def test_a_row_that_is_counted_but_not_in_bronze_fails_its_file_and_its_day() -> None:
    failed = [c for c in held("file_conservation", landed(stored=1)) if c.outcome == "failed"]
    assert [(c.scope, c.difference) for c in failed] == [
        ("a.csv: amounts in bronze", Decimal(-10)),
        ("a.csv: rows in bronze", Decimal(-1)),
    ]
    days = [c.scope for c in held("day_conservation", landed(stored=1)) if c.outcome == "failed"]
    assert days == ["ledger 2026-01-05: amounts", "ledger 2026-01-05: rows"]


def test_a_row_that_is_in_bronze_twice_fails_as_well() -> None:
    failed = [c for c in held("file_conservation", landed(stored=3)) if c.outcome == "failed"]
    assert {c.difference for c in failed} == {Decimal(10), Decimal(1)}


def test_rows_that_were_not_known_on_the_day_do_not_count() -> None:
    controls = held("file_conservation", landed(known="2026-02-01"))
    assert {c.scope for c in controls if c.outcome == "failed"} == {
        "a.csv: rows in bronze",
        "a.csv: amounts in bronze",
    }


def test_a_row_in_bronze_without_a_file_on_record_is_found() -> None:
    tables = landed() | {
        "bronze.receipts": rows(
            "source_sha256, known_at, amount", "'s9', timestamptz '2026-01-05 00:00:00+00', 1.000"
        )
    }
    assert outcomes("bronze_rows_have_a_file", tables) == [
        ("passed", "bronze", "0.000"),
        ("failed", "bronze.receipts", "-1.000"),
    ]


def journal(*lines: str) -> dict[str, str]:
    columns = "book, journal_id, currency, debit, credit, booking_date"
    return {"silver.stg_ledger_postings": rows(columns, *lines)}


@pytest.mark.parametrize(("credit", "difference"), [("9.99", "-0.010"), ("10.01", "0.010")])
def test_debits_equal_credits_in_each_journal_and_currency(credit: str, difference: str) -> None:
    day = "date '2026-01-05'"
    tables = journal(
        f"'general', 'J1', 'EUR', 10.00, 0.00, {day}",
        f"'general', 'J1', 'EUR', 0.00, 10.00, {day}",
        f"'general', 'J2', 'EUR', 10.00, 0.00, {day}",
        f"'general', 'J2', 'EUR', 0.00, {credit}, {day}",
        f"'berka', 'J3', 'CZK', 7.00, 0.00, {day}",
    )
    assert outcomes("double_entry", tables) == [
        ("passed", "general EUR", "0.000"),
        ("failed", "general EUR J2", difference),
    ]


def test_two_journals_that_are_off_by_opposite_sums_do_not_cancel() -> None:
    day = "date '2026-01-05'"
    tables = journal(
        f"'general', 'J1', 'EUR', 10.00, 9.00, {day}", f"'general', 'J2', 'EUR', 9.00, 10.00, {day}"
    )
    assert [c[0] for c in outcomes("double_entry", tables)] == ["failed", "failed"]


STATEMENTS = (
    "account_id, currency, source_file, message_type, is_interim, statement_id, opening_balance,"
    " moved, closing_balance, previous_statement_id, previous_closing_balance, missing_numbers,"
    " duplicate_of"
)


def statements(*said: str) -> dict[str, str]:
    each = (f"'A', 'EUR', 'f', 'camt.053', false, {one}" for one in said)
    return {"silver.int_statements": rows(STATEMENTS, *each)}


def test_opening_and_booked_movements_make_the_closing_balance() -> None:
    tables = statements(
        "'S1', 100.00, -10.00, 90.00, null, null, null, null",
        "'S2', 90.00, 5.01, 95.00, 'S1', 90.00, null, null",
        "'S3', null, 0.00, 95.00, null, null, null, null",
    )
    assert outcomes("statement_balance", tables) == [
        ("passed", "A EUR", "0.000"),
        ("failed", "A S2 EUR", "0.010"),
    ]


def test_a_missing_statement_breaks_the_chain_where_it_is_missing() -> None:
    tables = statements(
        "'S9', 1.00, 1.00, 2.00, null, null, null, null",
        "'S10', 2.00, 1.00, 3.00, 'S9', 2.00, null, null",
        "'S12', 5.00, 1.00, 6.00, 'S10', 3.00, '11', null",
    )
    passed, failed = held("statement_chain", tables)
    assert (passed.expected, failed.scope, failed.difference) == (2, "A S12 EUR", 2)
    assert "statement S10 closed on 3.00" in failed.detail
    assert "number 11 is missing" in failed.detail


@pytest.mark.parametrize(("counted", "outcome"), [("15.00", "passed"), ("20.00", "failed")])
def test_a_statement_that_came_twice_counts_once(counted: str, outcome: str) -> None:
    tables = statements(
        "'S1', 0.00, 10.00, 10.00, null, null, null, null",
        "'S2', 10.00, 5.00, 15.00, 'S1', 10.00, null, null",
        "'T2', 10.00, 5.00, 15.00, null, null, null, 'S2'",
    )
    tables["silver.int_bank_movements"] = rows(
        "account_id, currency, amount, is_provisional",
        f"'A', 'EUR', {counted}, false",
        "'A', 'EUR', 99.00, true",
    )
    (control,) = held("statement_counted_once", tables)
    assert (control.outcome, control.expected) == (outcome, 15)


LINES = (
    "provider, payout_id, report_id, line_type, gross_amount, gross_currency, fee_amount,"
    " net_amount, net_currency"
)
PAYOUTS = "provider, payout_id, amount, currency, status, automatic"


def settled(payout: str, fee: str = "1.00") -> dict[str, str]:
    return {
        "silver.stg_settlement_lines": rows(
            LINES,
            f"'adyen', 'P1', 'R', 'sale', 100.00, 'EUR', {fee}, 99.00, 'EUR'",
            "'adyen', 'P1', 'R', 'refund', -20.00, 'EUR', 0.00, -20.00, 'EUR'",
            "'adyen', 'P1', 'R', 'chargeback', -5.00, 'EUR', 2.00, -7.00, 'EUR'",
            "'adyen', 'P1', 'R', 'fee', null, null, 3.00, -3.00, 'EUR'",
            "'adyen', 'P1', 'R', 'payout', -69.00, 'EUR', 0.00, -69.00, 'EUR'",
        ),
        "silver.stg_settlement_payouts": rows(
            PAYOUTS,
            f"'adyen', 'P1', {payout}, 'EUR', 'paid', true",
            "'adyen', 'P2', 9.00, 'EUR', 'failed', true",
            "'adyen', 'P3', 9.00, 'EUR', 'paid', false",
        ),
    }


@pytest.mark.parametrize(
    ("payout", "outcome"), [("69.00", "passed"), ("69.01", "failed"), ("68.99", "failed")]
)
def test_a_payout_is_gross_less_refunds_chargebacks_and_fees(payout: str, outcome: str) -> None:
    (control,) = held("settlement_payout", settled(payout))
    assert (control.outcome, control.actual) == (outcome, Decimal(69))


def test_an_automatic_payout_that_no_line_states_fails() -> None:
    tables = settled("69.00")
    tables["silver.stg_settlement_payouts"] += (
        " union all select 'adyen', 'P4', 8.00, 'EUR', 'paid', true"
    )
    assert outcomes("settlement_payout", tables)[1] == ("failed", "adyen P4", "-8.000")


def test_a_line_whose_net_is_not_gross_less_fee_fails_its_payout() -> None:
    assert [c[0] for c in outcomes("settlement_line", settled("69.00"))] == ["passed"]
    (control,) = held("settlement_line", settled("69.00", fee="1.50"))
    assert (control.outcome, control.detail) == ("failed", "1 lines do not add up")


def test_a_remittance_answers_to_exactly_one_standing_order() -> None:
    columns = (
        "book, journal_id, line_number, account_code, counterparty_account, debit, currency,"
        " document_type"
    )
    order = "account_id, counterparty_account, amount, currency"
    tables = {
        "silver.stg_ledger_postings": rows(
            columns,
            "'berka', '1', 1, 'A', 'X', 5.00, 'CZK', 'payment'",
            "'berka', '2', 1, 'A', 'Y', 5.00, 'CZK', 'payment'",
            "'berka', '3', 1, 'A', 'X', 6.00, 'CZK', 'payment'",
            "'berka', '4', 1, 'A', 'X', 7.00, 'CZK', 'fee'",
        ),
        "silver.stg_standing_orders": rows(
            order,
            "'A', 'X', 5.00, 'CZK'",
            "'A', 'Y', 5.00, 'CZK'",
            "'A', 'Y', 5.00, 'CZK'",
        ),
    }
    assert outcomes("standing_orders", tables) == [
        ("passed", "berka", "0.000"),
        ("failed", "berka 2 1", "1.000"),
        ("failed", "berka 3 1", "-1.000"),
    ]


def lent() -> dict[str, str]:
    loans = "loan_id, entity_id, currency, principal, instalment_amount, term_months, interest_rate"
    return {
        "silver.stg_loans": rows(
            loans,
            "'L1', 'B', 'CZK', 120.00, 10.00, 12, null",
            "'L2', 'B', 'CZK', 121.00, 10.00, 12, null",
            "'L3', 'B', 'CZK', 100.00, 60.00, 2, 0.05",
            "'L4', 'B', 'CZK', 100.00, 60.00, 2, 0.05",
        ),
        "silver.stg_loan_schedules": rows(
            "loan_id, principal_due", "'L3', 40.00", "'L3', 60.00", "'L4', 40.00", "'L4', 59.99"
        ),
    }


def test_a_loan_without_interest_and_schedule_is_repaid_by_its_instalments() -> None:
    assert outcomes("loan_instalments", lent()) == [
        ("passed", "B CZK", "0.000"),
        ("failed", "loan L2", "-1.000"),
    ]


def test_a_schedule_repays_the_principal() -> None:
    assert outcomes("loan_schedule", lent()) == [
        ("passed", "B CZK", "0.000"),
        ("failed", "loan L4", "-0.010"),
    ]


def received(*receipts: str) -> dict[str, str]:
    return {
        "silver.stg_receipts": rows(
            "receipt_id, obligation_type, obligation_id, currency, amount", *receipts
        ),
        "silver.stg_premium_instalments": rows(
            "instalment_id, currency, amount", "'I1', 'EUR', 50.00"
        ),
        "silver.stg_loan_schedules": rows(
            "instalment_id, currency, amount_due", "'I1', 'EUR', 9.00"
        ),
    }


def test_no_more_is_collected_than_was_billed() -> None:
    part = ("'R1', 'premium', 'I1', 'EUR', 30.00", "'R2', 'loan', 'I1', 'EUR', 9.00")
    assert [c[0] for c in outcomes("collected_within_billed", received(*part))] == ["passed"] * 2
    more = (*part, "'R3', 'premium', 'I1', 'EUR', 20.01")
    assert ("failed", "premium I1", "0.010") in outcomes("collected_within_billed", received(*more))


def test_a_receipt_names_an_instalment_of_its_kind_and_currency() -> None:
    tables = received(
        "'R1', 'premium', 'I1', 'EUR', 30.00",
        "'R2', 'premium', 'I1', 'GBP', 5.00",
        "'R3', 'loan', 'I9', 'EUR', 6.00",
    )
    assert outcomes("receipts_have_an_instalment", tables) == [
        ("passed", "premium EUR", "0.000"),
        ("failed", "receipt R2", "-5.000"),
        ("failed", "receipt R3", "-6.000"),
    ]


def test_claims_tie_out_by_month_and_a_month_on_one_side_only_fails() -> None:
    tables = {
        "silver.stg_claim_transactions": rows(
            "currency, transaction_date, transaction_type, amount, payment_reference",
            "'EUR', date '2025-11-05', 'paid', 7.00, 'before the ledger began'",
            "'EUR', date '2026-01-31', 'paid', 100.00, 'E1'",
            "'EUR', date '2026-01-09', 'recovery', 30.00, 'E2'",
            "'EUR', date '2026-01-09', 'reserve', 999.00, null",
        ),
        "silver.int_cash_postings": rows(
            "currency, booking_date, document_type, amount, reference",
            "'EUR', date '2026-01-02', 'payment', -1.00, 'E0'",
            "'EUR', date '2026-02-02', 'claim', -100.00, 'E1'",
            "'EUR', date '2026-01-09', 'claim', 30.00, 'E2'",
            "'EUR', date '2026-02-06', 'claim', -8.00, null",
            "'EUR', date '2026-01-20', 'claim', -9.00, 'E3V'",
            "'EUR', date '2026-01-21', 'reversal', 9.00, 'E3V'",
            "'EUR', date '2026-01-22', 'reversal', -5.00, 'a premium returned'",
        ),
    }
    assert outcomes("claims_paid_in_ledger", tables) == [
        ("passed", "claims EUR", "0.000"),
        ("failed", "claims EUR 2026-02", "8.000"),
    ]


def reconciled(*, breaks: tuple[str, ...]) -> dict[str, str]:
    side = "recon, side, row_id, account_id, amount, currency"
    day = ", date '2026-01-05'"
    return {
        "silver.int_recon_sides": rows(
            side,
            "'ledger_bank', 'left', 'b1', 'A', 10.00, 'EUR'",
            "'ledger_bank', 'left', 'b2', 'A', 4.00, 'EUR'",
            "'ledger_bank', 'right', 'l1', 'A', 10.00, 'EUR'",
        ),
        "silver.recon_matches": rows(
            f"{side}, tier",
            "'ledger_bank', 'left', 'b1', 'A', 10.00, 'EUR', 'auto'",
            "'ledger_bank', 'right', 'l1', 'A', 10.00, 'EUR', 'auto'",
            "'ledger_bank', 'left', 'b2', 'A', 4.00, 'EUR', 'suggested'",
        ),
        "silver.recon_breaks": rows(f"{side}, date", *(line + day for line in breaks)),
        "silver.int_daily_balances": rows(
            "account_id, currency, closing_balance, date",
            "'A', 'EUR', 999.00, date '2026-01-04'",
            "'A', 'EUR', 114.00, date '2026-01-05'",
        ),
        "silver.int_cash_postings": rows(
            "account_id, currency, amount, booking_date",
            "'A', 'EUR', 100.00, date '2026-01-01'",
            "'A', 'EUR', 10.00, date '2026-01-05'",
        ),
    }


ELSEWHERE = "'other', 'left', 'x', 'A', 1.00, 'EUR'"
OPEN = "'ledger_bank', 'left', 'b2', 'A', 4.00, 'EUR'"


def test_every_row_of_a_side_is_in_a_match_or_open() -> None:
    sound = reconciled(breaks=(OPEN,))
    assert {c[0] for c in outcomes("recon_conservation", sound)} == {"passed"}
    lost = {
        name: query.replace("'b1', 'A', 10.00, 'EUR', 'auto'", "'b9', 'A', 1.00, 'EUR', 'auto'")
        for name, query in sound.items()
    }
    assert ("failed", "ledger_bank left EUR: amounts", "-9.000") in outcomes(
        "recon_conservation", lost
    )


def test_a_row_that_is_matched_and_open_is_in_two_places() -> None:
    twice = reconciled(breaks=(OPEN, "'ledger_bank', 'left', 'b1', 'A', 10.00, 'EUR'"))
    assert outcomes("recon_exclusive", twice) == [
        ("passed", "ledger_bank", "0.000"),
        ("failed", "ledger_bank left", "1.000"),
    ]


def test_open_suggested_and_differing_items_explain_bank_against_ledger() -> None:
    assert outcomes("bank_to_ledger", reconciled(breaks=(ELSEWHERE,))) == [
        ("passed", "EUR", "0.000")
    ]
    more = "'ledger_bank', 'right', 'l9', 'A', 1.00, 'EUR'"
    (control,) = held("bank_to_ledger", reconciled(breaks=(more,)))
    assert (control.outcome, control.scope, control.difference) == ("failed", "A EUR", -1)
    assert control.detail.endswith(
        "open items -1.00, suggested matches 4.00, differences inside matches 0.00"
    )


def test_a_law_without_its_tables_is_skipped_and_says_which_are_missing() -> None:
    (control,) = held("loan_schedule", {})
    assert control.outcome == "skipped"
    assert control.detail == "Not there: silver.stg_loans, silver.stg_loan_schedules."


def test_a_law_with_nothing_to_hold_is_skipped_and_not_passed() -> None:
    assert outcomes("double_entry", journal("'berka', '1', 'CZK', 1, 0, current_date")) == [
        ("skipped", "all", None)
    ]


def test_a_law_that_breaks_is_an_error_and_the_others_are_still_held() -> None:
    broken = Law("broken", "", "", (), "select nothing from nowhere", "things")
    found = check_laws(duckdb.connect(), DAY, [broken, LAW["double_entry"]])
    assert [(c.name, c.outcome) for c in found] == [
        ("broken", "error"),
        ("double_entry", "skipped"),
    ]
    assert "nowhere" in found[0].detail


def test_controls_become_rows_with_the_run_that_held_them() -> None:
    now = datetime(2026, 2, 1, 6, 0, tzinfo=UTC)
    frame = to_frame(held("loan_schedule", lent()), run_id="r1", recorded_at=now)
    assert frame["difference"].to_list() == [Decimal(0), Decimal("-0.010")]
    assert frame["run_id"].to_list() == ["r1", "r1"]


def test_every_law_says_what_it_is_and_where_it_comes_from() -> None:
    assert len(LAW) == len(LAWS)
    assert all(law.statement and law.source and law.unit for law in LAWS)
