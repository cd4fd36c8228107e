"""BAI2: what a file states of itself, reports of days on which nothing moved, availability."""

import json
from decimal import Decimal
from typing import Any

import pytest

from pipelines.feeds.statements.bai2 import BAI2
from tests.unit.feeds.statements.statements_read import codes_of, entries_of

HEAD = "01,US,BANK,260116,0600,1,80,,2/\n02,BANK,US,1,260115,2359,USD,2/\n"


def totals_of(parts: list[Any]) -> dict[str, tuple[Decimal, bool]]:
    return {total.name: (total.stated, total.holds) for part in parts for total in part.totals}


def remainder_of(parts: list[Any]) -> dict[str, str]:
    found: dict[str, str] = json.loads(entries_of(parts)[0]["remainder"])
    return found


def test_every_stated_total_is_held_and_the_false_one_does_not_hold(read: Any) -> None:
    body = (
        "03,12345,,010,10000,,,100,5050,1,,400,0,0,/\n16,195,5050,Z,BR1,E1,INVOICE 7/\n"
        "49,99999,3/\n98,30100,1,5/\n99,20100,1,7/\n"
    )
    held = totals_of(read(BAI2, (HEAD + body).encode()))
    assert {name: holds for name, (_, holds) in held.items()} == {
        "total credits (100)": True,
        "number of credits (100)": True,
        "total debits (400)": True,
        "number of debits (400)": True,
        "account control total (49)": False,
        "records of the account (49)": True,
        "group control total (98)": False,
        "accounts of the group (98)": True,
        "records of the group (98)": True,
        "file control total (99)": True,
        "groups of the file (99)": True,
        "records of the file (99)": True,
    }
    assert held["account control total (49)"][0] == 99999


@pytest.mark.parametrize(
    ("total", "code"),
    [("+20100", ""), ("ABC", "control_total_unreadable"), ("-20100", "control_total_differs")],
)
def test_a_total_with_a_sign_is_one_and_words_are_none(total: str, code: str, read: Any) -> None:
    body = f"03,1,,010,20100,,/\n49,{total},2/\n98,20100,1,4/\n99,20100,1,6/\n"
    parts = read(BAI2, (HEAD + body).encode())
    assert codes_of(parts) == [code] * bool(code)
    assert next(total.holds for part in parts for total in part.totals) is (not code)


@pytest.mark.parametrize(
    "body",
    [
        "03,1,USD,,,,/\n49,0,2/\n98,0,1,4/\n99,0,1,6/\n",
        "03,1/\n49,0,2/\n98,0,1,4/\n99,0,1,6/\n",
        "03,1,,100,0,0,,400,000,0,Z/\n49,0,2/\n98,0,1,4/\n99,0,1,6/\n",
        "03,1,,102,,0,,402,,0,/\n49,+0,2/\n98,+0,1,4/\n99,+0,1,6/\n",
        "98,0,0,2/\n99,0,1,4/\n",
    ],
)
def test_a_day_on_which_nothing_moved_is_read_and_its_totals_hold(body: str, read: Any) -> None:
    parts = read(BAI2, (HEAD + body).encode())
    assert entries_of(parts) == []
    assert codes_of(parts) == ["no_activity"]
    assert all(total.holds for part in parts for total in part.totals)


@pytest.mark.parametrize(
    ("funds", "said"),
    [
        ("S,5000,4000,1000", "50.00 immediate, 40.00 one day, 10.00 two days or more"),
        ("S,,,10000", "0.00 immediate, 0.00 one day, 100.00 two days or more"),
        ("D,3,0,2500,1,5000,5,2500", "25.00 immediate, 50.00 one day, 25.00 5 days"),
    ],
)
def test_when_money_is_available_is_kept(funds: str, said: str, read: Any) -> None:
    body = f"03,1,,,,,/\n16,115,10000,{funds},REF1,CUST1,LOCKBOX/\n49,10000,3/\n99,10000,1,5/\n"
    parts = read(BAI2, (HEAD + body).encode())
    (entry,) = entries_of(parts)
    assert (entry["amount"], entry["bank_reference"]) == (Decimal(100), "REF1")
    assert remainder_of(parts) == {"funds_type": funds[0], "availability": said}


def test_a_value_date_keeps_its_time(read: Any) -> None:
    body = "03,1,,,,,/\n16,142,20000,V,260304,1200,BR,CR,LATE/\n49,20000,3/\n99,20000,1,5/\n"
    parts = read(BAI2, (HEAD + body).encode())
    assert entries_of(parts)[0]["value_date"].isoformat() == "2026-03-04"
    assert remainder_of(parts) == {"funds_type": "V", "value_time": "1200"}


def test_the_availability_of_a_balance_is_said(read: Any) -> None:
    body = "03,1,,072,2000,,S,500,1000,500,040,9000,,/\n49,11000,2/\n98,11000,1,4/\n99,11000,1,6/\n"
    parts = read(BAI2, (HEAD + body).encode())
    (finding,) = [one for part in parts for one in part.findings]
    assert finding.message == "of 20.00: 5.00 immediate, 10.00 one day, 5.00 two days or more"
    assert [total.holds for part in parts for total in part.totals] == [True] * 8


SALES = "16,195,5000,Z,B1,C1,A/\n16,195,2000,Z,B2,C2,B/\n"


@pytest.mark.parametrize(
    ("summary", "false", "code"),
    [
        ("100,99900,2,", ["total credits (100)"], "account_total_differs"),  # as many as stated
        ("100,7000,5,", ["number of credits (100)"], "account_total_differs"),  # as much as stated
        ("100,99900,40,", [], "partial_detail"),
        ("100,99900,,", [], "partial_detail"),
        (
            "100,6000,,",
            ["total credits (100)"],
            "account_total_differs",
        ),  # more is listed than stated
        ("100,99900,,,102,,2,", ["total credits (100)"], "account_total_differs"),
    ],
)
def test_a_total_of_a_side_is_held_where_its_detail_is_known_to_be_whole(
    summary: str, false: list[str], code: str, read: Any
) -> None:
    body = f"03,1,USD,{summary}/\n{SALES}49,7000,4/\n98,7000,1,6/\n99,7000,1,8/\n"
    parts = read(BAI2, (HEAD + body).encode())
    held = totals_of(parts)
    sides = {name: holds for name, (_, holds) in held.items() if "credits" in name}
    assert [name for name, holds in sides.items() if not holds] == false
    assert code in codes_of(parts)
