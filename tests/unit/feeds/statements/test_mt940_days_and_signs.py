"""MT940: days that are on no calendar, amounts with a sign of their own, stated sums, MT900."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.feeds.reading import RefusedError
from pipelines.feeds.statements.mt940 import MT940
from pipelines.feeds.statements.mt940.dates import plain_day
from pipelines.feeds.statements.mt940.lines import plain_amount
from tests.unit.feeds.statements.statements_read import codes_of, entries_of


def statement(*lines: str, closing: str, opening: str = "100,00", day: str = "251101") -> bytes:
    body = "".join(f":61:{line}\r\n:86:text\r\n" for line in lines)
    text = f":20:PRB1\r\n:25:DE89370400440532013000\r\n:28C:7/1\r\n:60F:C{day}EUR{opening}\r\n"
    return f"{text}{body}:62F:C{closing}\r\n-\r\n".encode()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("251131", "2025-11-30"),
        ("250229", "2025-02-28"),
        ("240230", "2024-02-29"),
        ("250231", "2025-02-28"),
        ("250431", "2025-04-30"),
        ("251231", "2025-12-31"),
    ],
)
def test_a_day_beyond_its_month_is_the_last_of_it_and_said(
    written: str, meant: str, read: Any
) -> None:
    line = f"{written}{written[2:]}D10,00NTRFNONREF"
    parts = read(MT940, statement(line, closing=f"{written}EUR90,00", day=written[:4] + "01"))
    (entry,) = entries_of(parts)
    assert (entry["value_date"].isoformat(), entry["booking_date"].isoformat()) == (meant, meant)
    closing = parts[-1].tables["statement_balances"].to_dicts()[-1]
    assert closing["balance_date"].isoformat() == meant
    told = {"day_on_no_calendar"} if written[-2:] != meant[-2:] else set()
    assert set(codes_of(parts)) == told


@given(st.dates(min_value=date(1980, 1, 1), max_value=date(2079, 12, 31)))
def test_a_day_of_the_calendar_is_itself(day: Any) -> None:
    assert plain_day(day.strftime("%y%m%d")) == day.isoformat()


@pytest.mark.parametrize("text", ["251132", "251301", "250000", "25111x"])
def test_what_is_no_day_of_any_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"day|month|invalid"):
        plain_day(text)


@pytest.mark.parametrize(
    ("lines", "closing", "amounts"),
    [
        (["2511301130D-104,12NMSCNONREF"], "204,12", ["104.12"]),
        (["2511301130D-50,00NMSCNONREF"], "50,00", ["-50.00"]),
        (["2511301130C-50,00NMSCNONREF"], "50,00", ["-50.00"]),
        (["2511301130C-50,00NMSCNONREF"], "150,00", ["50.00"]),
        (["2511301130RD-5,00NMSCNONREF"], "95,00", ["-5.00"]),
        (["2511301130D10,00NMSC//A", "2511301130DR-4,00NMSC//B"], "94,00", ["-10.00", "4.00"]),
        (["2511301130D-5,00NMSC//A", "2511301130C-7,00NMSC//B"], "98,00", ["5.00", "-7.00"]),
        (["2511301130D-5,00NMSC//A"], "1,00", ["5.00"]),
        (["2511301130D+5,00NMSC//A"], "95,00", ["-5.00"]),
    ],
)
def test_of_a_minus_behind_the_mark_the_closing_balance_decides(
    lines: list[str], closing: str, amounts: list[str], read: Any
) -> None:
    parts = read(MT940, statement(*lines, closing=f"251130EUR{closing}"))
    rows = entries_of(parts)
    assert [row["amount"] for row in rows] == [Decimal(amount) for amount in amounts]
    assert all((row["amount"] < 0) == (row["credit_debit"] == "DBIT") for row in rows)
    assert ("minus_behind_mark" in codes_of(parts)) is ("-" in "".join(lines))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1,234.00", "1234.00"),
        ("1.234,00", "1234.00"),
        ("12,345,678.90", "12345678.90"),
        ("12.345.678,90", "12345678.90"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("1 234,50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("0,5", "0.5"),
        ("104,", "104"),
        (",50", "0.50"),
        ("000000012,34", "12.34"),
    ],
)
def test_either_mark_may_group(written: str, meant: str, read: Any) -> None:
    assert plain_amount(written) == meant
    text = statement(f"2511301130C{written}NTRFNONREF", closing="251130EUR1,00")
    assert entries_of(read(MT940, text))[0]["amount"] == Decimal(meant)


REPORT = (
    ":20:R1\r\n:25:DE89370400440532013000\r\n:28C:1/1\r\n:34F:EUR0,\r\n:13D:2511301200+0100\r\n"
    ":61:2511301130D0,42NMSCNONREF\r\n:61:2511301130C1,00NMSCNONREF\r\n"
)
BOTH_CREDIT = {"number of credit entries (:90C:)", "sum of credit entries (:90C:)"}


@pytest.mark.parametrize(
    ("sums", "failing"),
    [
        (":90D:1EUR0,42\r\n:90C:1EUR1,00\r\n", set()),
        (":90D:1EUR2,30\r\n", {"sum of debit entries (:90D:)"}),
        (":90D:2EUR0,42\r\n", {"number of debit entries (:90D:)"}),
        (
            ":90C:0EUR0,00\r\n",
            BOTH_CREDIT,
        ),
        (":90C:many\r\n", BOTH_CREDIT),
    ],
)
def test_number_and_sum_of_entries_are_held(sums: str, failing: set[str], read: Any) -> None:
    parts = read(MT940, f"{REPORT}{sums}-\r\n".encode())
    totals = [total for part in parts for total in part.totals]
    assert {total.name for total in totals if not total.holds} == failing
    assert {total.place for total in totals} <= {"line 8", "line 9"}
    assert parts[0].format == "MT942"


def test_a_statement_that_states_sums_as_well_stays_a_statement(read: Any) -> None:
    text = statement("2511301130D10,00NTRFNONREF", closing="251130EUR90,00").replace(
        b":62F:", b":90D:1EUR10,00\r\n:90C:0EUR0,00\r\n:62F:"
    )
    (part,) = read(MT940, text)
    assert (part.format, part.verdicts[0].outcome) == ("MT940", "holds")
    assert [total.holds for total in part.totals] == [True] * 4
    assert entries_of([part])[0]["message_type"] == "MT940"


def fin(kind: str, *fields: str) -> bytes:
    head = f"{{1:F01AAAADEFFXXXX0000000000}}{{2:O{kind}1200250302BBBBDEFFXXXX0N}}{{4:\r\n"
    return (head + "".join(f"{field}\r\n" for field in fields) + "-}\r\n").encode()


CONFIRMED = (":20:C1", ":21:494936/DEV", ":25:6-9412771", ":32A:250302EUR233530,")


@pytest.mark.parametrize(
    ("kind", "more", "amount"),
    [
        ("900", (":52A:CCCCDEFF",), "-233530"),
        ("910", (":50K:/DE89370400440532013000", "ACME GMBH", "BERLIN"), "233530"),
    ],
)
def test_a_confirmation_of_one_movement_is_read(
    kind: str, more: tuple[str, ...], amount: str, read: Any
) -> None:
    parts = read(MT940, fin(kind, *CONFIRMED, *more) + fin(kind, ":20:C2", *CONFIRMED[1:]))
    entry = entries_of(parts)[0]
    assert (entry["amount"], entry["entry_reference"]) == (Decimal(amount), "494936/DEV")
    assert (entry["message_type"], entry["bank_reference"]) == (f"MT{kind}", "C1")
    assert entry["value_date"].isoformat() == "2025-03-02"
    assert entry["counterparty_name"] == ("ACME GMBH" if kind == "910" else None)


@pytest.mark.parametrize(
    ("kind", "named"), [("103", "a single customer credit transfer"), ("920", "a request")]
)
def test_a_message_that_is_not_read_is_named(kind: str, named: str, read: Any) -> None:
    with pytest.raises(RefusedError, match=f"MT{kind}, {named}"):
        read(MT940, fin(kind, *CONFIRMED))


def test_a_confirmation_without_an_amount_is_refused(read: Any) -> None:
    with pytest.raises(RefusedError, match=":32A:"):
        read(MT940, fin("900", *CONFIRMED[:3]))
