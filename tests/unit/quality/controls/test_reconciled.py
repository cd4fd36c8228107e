"""What is matched and what is open make up the whole, in one place each."""

from tests.unit.quality.controls.evaluated import evaluated, outcomes, rows


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
    (control,) = evaluated("bank_to_ledger", reconciled(breaks=(more,)))
    assert (control.outcome, control.scope, control.difference) == ("failed", "A EUR", -1)
    assert control.detail.endswith(
        "open items -1.00, suggested matches 4.00, differences inside matches 0.00"
    )


def test_a_currency_that_only_the_bank_or_only_the_ledger_has_is_not_left_out() -> None:
    tables = reconciled(breaks=(ELSEWHERE,))
    tables["silver.int_daily_balances"] += " union all select 'A', 'USD', 7.00, date '2026-01-05'"
    tables["silver.int_cash_postings"] += " union all select 'A', 'GBP', 3.00, date '2026-01-05'"
    failed = [c for c in outcomes("bank_to_ledger", tables) if c[0] == "failed"]
    assert failed == [("failed", "A GBP", "3.000"), ("failed", "A USD", "-7.000")]
