"""Statements of several files held against each other."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from pipelines.feeds.statements.continuity import StatementSummary, continuity_findings


def told(number: int, opening: int, closing: int, file: str = "") -> StatementSummary:
    return StatementSummary(
        file or f"{number}.sta",
        "A",
        f"S{number}",
        "EUR",
        str(number),
        f"2026-01-{number:02d}",
        Decimal(opening),
        Decimal(closing),
        Decimal(closing - opening),
        1,
        f"2026-01-{number:02d}",
        f"2026-01-{number:02d}",
    )


@given(st.permutations([told(number, number - 1, number) for number in range(1, 9)]))
def test_a_whole_chain_has_no_gap_in_whatever_order_its_files_come(
    given_: list[StatementSummary],
) -> None:
    assert {finding.code for _, finding in continuity_findings(given_)} <= {
        "statement_out_of_order"
    }


@given(st.integers(2, 7))
def test_a_statement_that_is_missing_is_named_by_its_number_and_the_jump(missing: int) -> None:
    given_ = [told(number, number - 1, number) for number in range(1, 9) if number != missing]
    ((at, finding),) = continuity_findings(given_)
    assert (at.statement_id, finding.code) == (f"S{missing + 1}", "statement_gap")
    assert f"difference 1; statement {missing} is missing" in finding.message


def test_a_statement_under_another_name_is_a_duplicate_and_breaks_no_chain() -> None:
    again = told(2, 1, 2, "again.xml")
    again.statement_id, again.sequence = "OTHER", ""
    found = list(continuity_findings([told(1, 0, 1), told(2, 1, 2), told(3, 2, 3), again]))
    assert [(at.file, finding.code) for at, finding in found] == [
        ("again.xml", "statement_duplicate")
    ]


def test_statements_given_out_of_order_are_put_in_order_and_said_to_be() -> None:
    found = list(continuity_findings([told(2, 1, 2), told(1, 0, 1)]))
    assert [(at.statement_id, finding.code) for at, finding in found] == [
        ("S2", "statement_out_of_order")
    ]
