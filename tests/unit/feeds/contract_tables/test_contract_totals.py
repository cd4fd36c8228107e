"""Total lines under tables of a contract are no rows; they are held against the rows."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.feeds.contract_tables.csv import read
from tests.unit.feeds.conftest import InMemory

HEAD = (
    "receipt_id,obligation_type,obligation_id,customer_id,entity_id,received_date,amount,currency,"
    "channel,payment_reference\n"
)


def row(number: int, amount: object, currency: str = "EUR") -> str:
    return f"R{number},premium,P{number},C1,CH-INS,2026-06-30,{amount},{currency},card,E{number}\n"


ROWS = row(1, "10.50") + row(2, "4.25") + row(3, "1.00", "USD")


def parts(source: type[InMemory], text: str, **sizes: int) -> tuple[Any, Any, list[Any]]:
    found = list(read(source(text.encode()), **sizes))
    taken = sum(part.tables["receipts"].height for part in found)
    away = sum(part.rejected.height for part in found)
    return taken, away, [total for part in found for total in part.totals]


@pytest.mark.parametrize(
    "line",
    [
        "TOTAL,,,,,,15.75,,,", "Total:,,,,,,15.75,,,", ",,,,,Summe,15.75,,,", "Totaal,,,,,,15.75",
        '"Total ",,,,,,"15.75",,,', "Total EUR,,,,,,14.75,,,", "Total,,,,,,14.75,EUR,,",
        "Grand total,,3,,,,15.75,,,",
    ],
)  # fmt: skip
def test_a_true_total_line_holds_and_is_no_row(source: type[InMemory], line: str) -> None:
    taken, away, totals = parts(source, HEAD + ROWS + line + "\n")
    assert (taken, away) == (3, 0)
    assert totals
    assert all(total.holds and total.place == "line 5" for total in totals)


def test_a_false_total_line_is_a_total_that_does_not_hold(source: type[InMemory]) -> None:
    taken, away, (total,) = parts(source, f"{HEAD}{ROWS}Total,,,,,,999.00,,,\n")
    assert (taken, away) == (3, 0)
    assert (total.name, total.place) == ("total line (amount)", "line 5")
    assert (total.stated, total.counted) == (Decimal(999), Decimal("15.75"))


def test_totals_of_parts_and_of_all_hold_each_for_itself(source: type[InMemory]) -> None:
    text = (
        f"{HEAD}{row(1, 10)}{row(2, 5)}Subtotal,,,,,,15,,,\n{row(3, 2)}Subtotal,,,,,,2,,,\n"
        "Total,,,,,,17,,,\n"
    )
    assert [total.stated for total in parts(source, text)[2] if total.holds] == [15, 2, 17]


def test_a_row_that_was_turned_away_counts_with_its_amount_if_it_has_one(
    source: type[InMemory],
) -> None:
    late = row(4, "2.00").replace("2026-06-30", "soon")
    taken, away, (total,) = parts(source, f"{HEAD}{ROWS}{late}Total,,,,,,17.75,,,\n")
    assert (taken, away, total.holds) == (3, 1, True)
    unread = row(4, "2,x")[:-1].replace("2,x", '"2,x"') + "\n"
    assert parts(source, f"{HEAD}{ROWS}{unread}Total,,,,,,17.75,,,\n") == (3, 1, [])


@pytest.mark.parametrize(
    "line", ["Total,premium,P9,,,,9.00,,,", "Total,,,,,soon,9.00,,,", "Totally,,,,,,9.00,,,"]
)
def test_a_line_that_says_more_is_a_row_as_others_are(source: type[InMemory], line: str) -> None:
    taken, away, totals = parts(source, f"{HEAD}{ROWS}{line}\n")
    assert (taken + away, totals) == (4, [])


def test_a_row_whose_key_is_the_word_is_a_row(source: type[InMemory]) -> None:
    text = HEAD + row(1, 5).replace("R1", "TOTAL")
    assert parts(source, text) == (1, 0, [])


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=30), st.integers(80, 2000))
def test_the_total_line_of_any_rows_holds_in_blocks_of_any_size(
    source: type[InMemory], amounts: list[int], size: int
) -> None:
    cents = [Decimal(amount) / 100 for amount in amounts]
    rows = "".join(row(number, amount) for number, amount in enumerate(cents))
    taken, away, (total,) = parts(
        source, f"{HEAD}{rows}Total,,,,,,{sum(cents)},,,\n", block_bytes=size
    )
    assert (taken, away, total.holds) == (len(amounts), 0, True)
