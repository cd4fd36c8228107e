"""What a file states of itself is counted again; a false total says the file and the place."""

from decimal import Decimal

import pytest

from tests.unit.quality.controls.evaluated import evaluated, rows

STATED = "feed, file, sha256, arrival_date, name, place, currency, stated, counted, holds, totals"


def totals(*lines: str) -> dict[str, str]:
    return {
        "control.files": rows(
            "feed, file, sha256, state",
            "'statements', 'a.bai', 's1', 'loaded'",
            "'statements', 'b.bai', 's2', 'loaded'",
            "'statements', 'c.bai', 's3', 'refused'",
            "'payments', 'p.xml', 's4', 'empty'",
        ),
        "control.stated_totals": rows(STATED, *lines),
    }


def stated(
    file: str, sums: str, *, feed: str = "statements", place: str = "null", day: str = "2026-01-30"
) -> str:
    sha256 = {"a.bai": "s1", "b.bai": "s2", "c.bai": "s3", "p.xml": "s4"}[file]
    holds = "true" if len(set(sums.split(", "))) == 1 else "false"
    return (
        f"'{feed}', '{file}', '{sha256}', date '{day}', 'file total (99)', {place}, null, "
        f"{sums}, {holds}, 1"
    )


def test_a_false_total_fails_with_its_file_and_its_place() -> None:
    tables = totals(
        stated("a.bai", "30100.000, 30100.000"),
        stated("b.bai", "99999.000, 30100.000", place="'line 5'"),
    )
    passed, failed = evaluated("statement_totals", tables)
    assert (passed.outcome, passed.file) == ("passed", "a.bai")
    assert (failed.outcome, failed.file, failed.place) == ("failed", "b.bai", "line 5")
    assert (failed.expected, failed.actual) == (Decimal(99999), Decimal(30100))
    assert "file total (99) in b.bai, line 5" in failed.detail


def test_totals_of_files_that_arrived_long_ago_and_hold_are_summed_up() -> None:
    tables = totals(
        stated("a.bai", "1.000, 1.000", day="2025-06-01"),
        stated("b.bai", "2.000, 2.000", day="2025-06-02"),
    )
    (passed,) = evaluated("statement_totals", tables)
    assert (passed.scope, passed.file, passed.actual) == ("file total (99) of files", None, 3)


def test_two_false_totals_at_one_place_are_two_controls() -> None:
    line = stated("b.bai", "2.000, 1.000", place="'line 5'")
    failed = evaluated("statement_totals", totals(line, line))
    assert len({control.scope for control in failed}) == 2


def test_a_total_that_is_no_number_fails_and_states_no_figure() -> None:
    (control,) = evaluated("statement_totals", totals(stated("a.bai", "null::decimal, 0.000")))
    assert (control.outcome, control.expected) == ("failed", None)
    assert control.file == "a.bai"


def test_each_feed_has_its_own_law_and_refused_files_none() -> None:
    tables = totals(
        stated("p.xml", "2.000, 3.000", feed="payments"), stated("c.bai", "1.000, 2.000")
    )
    assert [control.file for control in evaluated("payment_totals", tables)] == ["p.xml"]
    assert [control.outcome for control in evaluated("statement_totals", tables)] == ["skipped"]
    assert [control.outcome for control in evaluated("table_totals", tables)] == ["skipped"]


WITHDRAWN = "sha256, source_row, source_path, action, as_of, decided_at"
FALSE = "99999.000, 30100.000"


def withdrawals(*acts: str) -> dict[str, str]:
    return {"control.withdrawals": rows(WITHDRAWN, *acts)}


def act(action: str = "withdrawn", *, row: str = "null", day: str = "2026-01-30") -> str:
    place, moment = f"{row}::bigint, null::varchar", f"timestamptz '{day} 09:00:00Z'"
    return f"'s2', {place}, '{action}', date '{day}', {moment}"


def test_a_false_total_of_a_file_that_was_withdrawn_fails_no_longer() -> None:
    tables = totals(stated("a.bai", "1.000, 1.000"), stated("b.bai", FALSE))
    assert [c.outcome for c in evaluated("statement_totals", tables | withdrawals(act()))] == [
        "passed"
    ]


@pytest.mark.parametrize(
    "acts",
    [
        (act(row="3"),),
        (act(day="2026-02-03"),),
        (act(day="2026-01-29"), act("taken_back")),
    ],
)
def test_it_fails_while_the_file_counts(acts: tuple[str, ...]) -> None:
    tables = totals(stated("b.bai", FALSE)) | withdrawals(*acts)
    assert [c.file for c in evaluated("statement_totals", tables)] == ["b.bai"]


@pytest.mark.parametrize(("standing", "failed"), [("a.bai", []), ("b.bai", ["b.bai"])])
def test_a_false_total_fails_no_longer_when_every_document_of_its_file_was_superseded(
    standing: str, failed: list[str]
) -> None:
    tables = totals(stated("a.bai", "1.000, 1.000"), stated("b.bai", FALSE)) | {
        "silver.stg_superseded_documents": rows("source_file", "'b.bai'"),
        "silver.stg_statement_entries": rows("source_file", f"'{standing}'"),
        "silver.stg_statement_balances": rows("source_file", "'a.bai'"),
    }
    found = evaluated("statement_totals", tables)
    assert [control.file for control in found if control.outcome == "failed"] == failed


def test_a_file_that_nothing_superseded_fails_though_no_row_of_it_stands() -> None:
    tables = totals(stated("b.bai", FALSE)) | {
        "silver.stg_superseded_documents": rows("source_file", "'a.bai'"),
        "silver.stg_statement_entries": rows("source_file", "'a.bai'"),
    }
    assert [c.outcome for c in evaluated("statement_totals", tables)] == ["failed"]
