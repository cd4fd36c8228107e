"""A rate that is missing, a name that nobody was told of, a day that has not come."""

import pytest

from quality.controls.completeness.references import KNOWN
from tests.unit.quality.controls.evaluated import evaluated, outcomes, rows

BALANCES = "account_id, currency, date"
MOVED = "currency, movement_date"
RATES = "currency, date"


def in_two_currencies(*rates: str) -> dict[str, str]:
    return {
        "silver.int_daily_balances": rows(
            BALANCES,
            "'A', 'EUR', date '2026-01-05'",
            "'A', 'XAF', date '2026-01-05'",
            "'A', 'XAF', date '2026-01-06'",
        ),
        "silver.int_bank_movements": rows(MOVED, "'XAF', date '2026-01-04'"),
        "silver.int_fx_rates_daily": rows(RATES, "'EUR', date '2026-01-05'", *rates),
    }


def test_a_currency_without_a_rate_is_named_with_its_days() -> None:
    failed = [c for c in evaluated("rates_are_known", in_two_currencies()) if c.outcome == "failed"]
    (control,) = failed
    assert (control.scope, control.expected, control.actual) == ("XAF", 3, 0)
    assert control.detail.startswith(
        "not known: no rate for XAF on 2026-01-06 and on 2 days before"
    )


def test_rates_on_every_day_hold() -> None:
    days = (f"'XAF', date '2026-01-0{day}'" for day in (4, 5, 6))
    assert {c[0] for c in outcomes("rates_are_known", in_two_currencies(*days))} == {"passed"}


def named(account: str) -> dict[str, str]:
    tables = {}
    for name in KNOWN.needs:
        names = "account_id, customer_id, policy_id, claim_id, loan_id, source_file"
        tables[name] = rows(names, "'A', 'C', 'P', 'K', 'L', 'f.csv'")
    tables["silver.stg_statement_entries"] = rows(
        "account_id, source_file", "'A', 'f.csv'", f"'{account}', 'g.xml'"
    )
    return tables


def test_a_name_that_nobody_was_told_of_fails_with_the_file() -> None:
    assert {c[0] for c in outcomes("references_are_known", named("A"))} == {"passed"}
    failed = [c for c in evaluated("references_are_known", named("Z")) if c.outcome == "failed"]
    assert [(c.scope, c.detail) for c in failed] == [
        (
            "statement_entries account_id Z",
            "account_id Z is not among the accounts: 1 rows, first in g.xml",
        )
    ]


@pytest.mark.parametrize(("day", "outcome"), [("2026-02-04", "passed"), ("2099-01-01", "failed")])
def test_a_booking_of_a_day_yet_to_come_fails(day: str, outcome: str) -> None:
    booked = "source_file, booking_date, known_at"
    told = "timestamptz '2026-01-05 23:59:59+00'"
    tables = {
        "silver.stg_statement_entries": rows(booked, f"'s.xml', date '{day}', {told}"),
        "silver.stg_ledger_postings": rows(booked, f"'l.csv', date '2026-01-05', {told}"),
    }
    assert outcome in {c[0] for c in outcomes("booked_when_it_was_told", tables)}
    assert ("failed" in {c[0] for c in outcomes("booked_when_it_was_told", tables)}) == (
        outcome == "failed"
    )
