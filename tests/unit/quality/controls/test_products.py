"""Settlements, standing orders, loans, premiums and claims: what breaks a control is named."""

from decimal import Decimal

import pytest

from tests.unit.quality.controls.evaluated import evaluated, lent, outcomes, rows

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
    (control,) = evaluated("settlement_payout", settled(payout))
    assert (control.outcome, control.actual) == (outcome, Decimal(69))


def test_an_automatic_payout_that_no_line_states_fails() -> None:
    tables = settled("69.00")
    tables["silver.stg_settlement_payouts"] += (
        " union all select 'adyen', 'P4', 8.00, 'EUR', 'paid', true"
    )
    assert outcomes("settlement_payout", tables)[1] == ("failed", "adyen P4", "-8.000")


def test_a_line_whose_net_is_not_gross_less_fee_fails_its_payout() -> None:
    assert [c[0] for c in outcomes("settlement_line", settled("69.00"))] == ["passed"]
    (control,) = evaluated("settlement_line", settled("69.00", fee="1.50"))
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
