"""Files, journals, statements: a control passes on sound books and names what breaks it."""

from decimal import Decimal

import pytest

from tests.unit.quality.controls.evaluated import evaluated, journal, outcomes, rows

FILES = (
    "feed, file, sha256, arrival_date, state, rows_in, rows_loaded, rows_quarantined,"
    " amount_in, amount_loaded, amount_quarantined, rows_of_unknown_amount"
)
POSTED = "source_sha256, known_at, debit, credit"


def landed(*, loaded: int = 2, stored: int = 2, known: str = "2026-01-05") -> dict[str, str]:
    line = f"'s1', timestamptz '{known} 23:59:59+00', 10.000, 0.000"
    return {
        "control.files": rows(
            FILES,
            f"'ledger', 'a.csv', 's1', date '2026-01-05', 'loaded', 3, {loaded}, 1, 25, 20, 5, 0",
            "'ledger', 'b.csv', 's2', date '2026-01-05', 'refused', 0, 0, 0, 0, 0, 0, 0",
            "'ledger', 'c.csv', 's3', date '2026-02-01', 'loaded', 9, 9, 0, 9, 9, 0, 0",
        ),
        "control.quarantine": rows('sha256, amount, "table"', "'s1', 5.000, 'ledger_postings'"),
        "bronze.ledger_postings": rows(POSTED, *[line] * stored),
    }


def test_a_file_is_conserved_in_rows_and_money_from_landing_to_bronze() -> None:
    controls = evaluated("file_conservation", landed())
    assert [c.outcome for c in controls] == ["passed"] * 7
    assert {c.scope: c.actual for c in controls}["ledger: amounts in bronze"] == Decimal(20)


def test_a_row_that_is_counted_but_not_in_bronze_fails_its_file_and_its_day() -> None:
    failed = [c for c in evaluated("file_conservation", landed(stored=1)) if c.outcome == "failed"]
    assert [(c.scope, c.difference) for c in failed] == [
        ("a.csv: amounts in bronze", Decimal(-10)),
        ("a.csv: rows in bronze", Decimal(-1)),
    ]
    days = [
        c.scope for c in evaluated("day_conservation", landed(stored=1)) if c.outcome == "failed"
    ]
    assert days == ["ledger 2026-01-05: amounts", "ledger 2026-01-05: rows"]


def test_a_row_that_is_in_bronze_twice_fails_as_well() -> None:
    failed = [c for c in evaluated("file_conservation", landed(stored=3)) if c.outcome == "failed"]
    assert {c.difference for c in failed} == {Decimal(10), Decimal(1)}


def test_an_amount_that_cannot_be_read_is_unknown_and_counted_as_that() -> None:
    tables = landed()
    tables["control.quarantine"] = rows(
        'sha256, amount, "table"', "'s1', 5.000, 'ledger_postings'", "'s1', null, 'ledger_postings'"
    )
    failed = {c.scope for c in evaluated("file_conservation", tables) if c.outcome == "failed"}
    assert failed == {"a.csv: rows in quarantine", "a.csv: rows of unknown amount"}


def test_rows_that_were_not_known_on_the_day_do_not_count() -> None:
    controls = evaluated("file_conservation", landed(known="2026-02-01"))
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
    passed, failed = evaluated("statement_chain", tables)
    assert (passed.expected, failed.scope, failed.difference) == (2, "A S12 EUR", 2)
    assert "statement S10 closed on 3.00" in failed.detail
    assert "number 11 is missing" in failed.detail


@pytest.mark.parametrize(
    ("counted", "outcome"), [("15.00", "passed"), ("20.00", "failed"), ("10.00", "failed")]
)
def test_a_statement_that_came_twice_counts_once(counted: str, outcome: str) -> None:
    tables = statements(
        "'S1', 0.00, 10.00, 10.00, null, null, null, null",
        "'S2', 10.00, 5.00, 15.00, 'S1', 10.00, null, null",
        "'T2', 10.00, 5.00, 15.00, null, null, null, 'S2'",
        "'D3', null, 10.00, null, null, null, null, null",
    )
    tables["silver.int_bank_movements"] = rows(
        "account_id, currency, amount, is_provisional",
        f"'A', 'EUR', {counted}, false",
        "'A', 'EUR', 99.00, true",
    )
    tables["silver.int_movement_occurrences"] = rows(
        "account_id, currency, amount, is_interim, entry_id, counted_as",
        "'A', 'EUR', 10.00, false, 'S1|0', 'S1|0'",
        "'A', 'EUR', 10.00, false, 'D3|0', 'S1|0'",
        "'A', 'EUR', 99.00, true, 'R|0', 'S1|0'",
    )
    (control,) = evaluated("statement_counted_once", tables)
    assert (control.outcome, control.expected) == (outcome, 15)


def documents(*, bronze: int, silver: int, superseded: int) -> dict[str, str]:
    line = "timestamptz '2026-01-05 23:59:59+00', 10.000, 0.000"
    later = "timestamptz '2026-02-01 23:59:59+00', 99.000, 0.000"
    return {
        "bronze.ledger_postings": rows("known_at, debit, credit", *[line] * bronze, later),
        "silver.stg_ledger_postings": rows("known_at, debit, credit", *[line] * silver),
        "silver.stg_superseded_documents": rows(
            "table_name, rows, amount",
            f"'ledger_postings', {superseded}, {superseded * 10}.000",
            "'receipts', 7, 7.000",
        ),
    }


def test_what_bronze_holds_counts_or_is_superseded_by_name() -> None:
    controls = evaluated("documents_counted", documents(bronze=5, silver=3, superseded=2))
    assert [(c.outcome, c.scope, c.expected) for c in controls] == [
        ("passed", "amounts", Decimal(50)),
        ("passed", "rows", Decimal(5)),
    ]


@pytest.mark.parametrize(("silver", "difference"), [(2, -1), (4, 1)])
def test_a_document_that_vanishes_or_is_doubled_fails(silver: int, difference: int) -> None:
    controls = evaluated("documents_counted", documents(bronze=5, silver=silver, superseded=2))
    assert [(c.outcome, c.scope, c.difference) for c in controls] == [
        ("failed", "bronze.ledger_postings: amounts", Decimal(10 * difference)),
        ("failed", "bronze.ledger_postings: rows", Decimal(difference)),
    ]
    assert f"{-difference} vanished or were doubled" in controls[1].detail


def test_what_a_table_keeps_for_information_only_is_no_document_lost() -> None:
    known = "timestamptz '2026-01-05 23:59:59+00'"
    tables = {
        "bronze.statement_entries": rows(
            "known_at, status, amount", f"{known}, 'BOOK', 1.000", f"{known}, 'PDNG', 9.000"
        ),
        "silver.stg_statement_entries": rows("known_at, amount", f"{known}, 1.000"),
        "silver.stg_superseded_documents": rows("table_name, rows, amount", "'receipts', 7, 7.000"),
    }
    assert {c.outcome for c in evaluated("documents_counted", tables)} == {"passed"}
