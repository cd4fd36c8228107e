"""OFX: amounts with four decimals, and what investments pay in cash."""

import json
from decimal import Decimal
from typing import Any

import pytest

from pipelines.feeds.statements.ofx import OFX
from pipelines.feeds.statements.ofx.values import in_places
from tests.unit.feeds.statements.statements_read import codes_of, entries_of

HEAD = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\n\n<OFX>"


def bank(amount: str, balance: str = "10.00") -> bytes:
    return (
        f"{HEAD}<BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>1<ACCTID>77"
        "</BANKACCTFROM><BANKTRANLIST><DTSTART>20260301<DTEND>20260331<STMTTRN><TRNTYPE>INT"
        f"<DTPOSTED>20260302<TRNAMT>{amount}<FITID>F1<NAME>Interest</STMTTRN></BANKTRANLIST>"
        f"<LEDGERBAL><BALAMT>{balance}<DTASOF>20260331</LEDGERBAL></STMTRS></STMTTRNRS>"
        "</BANKMSGSRSV1></OFX>"
    ).encode()


@pytest.mark.parametrize(
    ("written", "amount", "said"),
    [
        ("12.3456", "12.35", "12.3456"),
        ("-0.0050", "-0.01", "-0.0050"),
        ("-197.122", "-197.12", "-197.122"),
        ("10,0000", "10.00", None),
        ("1,234.5678", "1234.57", "1234.5678"),
        ("-3.5000", "-3.50", None),
    ],
)
def test_more_places_than_a_currency_has_are_rounded_and_said(
    written: str, amount: str, said: str | None, read: Any
) -> None:
    parts = read(OFX, bank(written))
    (row,) = entries_of(parts)
    assert row["amount"] == Decimal(amount)
    assert json.loads(row["remainder"] or "{}").get("TRNAMT") == said
    assert ("amount_rounded" in codes_of(parts)) is (said is not None)
    assert all(part.rejected.is_empty() for part in parts)


def test_a_balance_of_four_decimals_is_read(read: Any) -> None:
    (part,) = read(OFX, bank("1.00", "1234.5678"))
    assert part.tables["statement_balances"]["amount"].to_list() == [Decimal("1234.57")]
    assert codes_of([part]) == ["amount_rounded"]


def test_what_is_no_amount_stays_as_it_is() -> None:
    assert in_places("x.12345", "USD") == "x.12345"


def test_dividends_and_expenses_move_cash_and_trades_are_counted(read: Any) -> None:
    tran = "<INVTRAN><FITID>D{n}<DTTRADE>20260301<DTSETTLE>2026030{n}<MEMO>ACME dividend</INVTRAN>"
    security = "<SECID><UNIQUEID>123456789<UNIQUEIDTYPE>CUSIP</SECID>"
    text = (
        f"{HEAD}<INVSTMTMSGSRSV1><INVSTMTTRNRS><INVSTMTRS><DTASOF>20260331<CURDEF>USD<INVACCTFROM>"
        "<BROKERID>b<ACCTID>77</INVACCTFROM><INVTRANLIST><DTSTART>20260301<DTEND>20260331"
        f"<INCOME>{tran.format(n=3)}{security}<INCOMETYPE>DIV<TOTAL>25.10<SUBACCTSEC>CASH"
        f"<SUBACCTFUND>CASH</INCOME><INVEXPENSE>{tran.format(n=4)}{security}<TOTAL>-1.10</INVEXPENSE>"
        f"<BUYSTOCK><INVBUY>{tran.format(n=5)}{security}<UNITS>1<UNITPRICE>5<TOTAL>-5</INVBUY>"
        "</BUYSTOCK></INVTRANLIST></INVSTMTRS></INVSTMTTRNRS></INVSTMTMSGSRSV1></OFX>"
    )
    parts = read(OFX, text.encode())
    rows = entries_of(parts)
    assert [(str(row["amount"]), row["bank_transaction_code"]) for row in rows] == [
        ("25.100", "DIV"),
        ("-1.100", "INVEXPENSE"),
    ]
    assert [row["booking_date"].isoformat() for row in rows] == ["2026-03-03", "2026-03-04"]
    assert (rows[0]["bank_reference"], rows[0]["remittance"]) == ("D3", "ACME dividend")
    assert json.loads(rows[0]["remainder"])["UNIQUEID"] == "123456789"
    assert "investments_not_read" in codes_of(parts)
