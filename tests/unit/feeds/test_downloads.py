"""Downloads from online banking: OFX and tables, with the liberties that banks take."""

from decimal import Decimal
from typing import Any

import pytest

from pipelines.feeds.reading import RefusedError
from pipelines.feeds.statements.ofx import OFX
from pipelines.feeds.statements.ofx.values import decimal_text
from pipelines.feeds.statements.tabular.reader import STATEMENT_CSV
from tests.unit.feeds.statements.statements_read import codes_of, entries_of

IBAN = "DE89370400440532013000"


def ofx(transactions: str) -> bytes:
    return (
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>"
        "<CURDEF>USD<BANKACCTFROM><BANKID>1<ACCTID>42</BANKACCTFROM><BANKTRANLIST>"
        f"<DTSTART>20260101<DTEND>20260131{transactions}</BANKTRANLIST><LEDGERBAL><BALAMT>5.00"
        "<DTASOF>20260131</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    ).encode()


def bought(fitid: str, amount: str = "-1.00", name: str = "SHOP") -> str:
    return (
        f"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260115<TRNAMT>{amount}<FITID>{fitid}<NAME>{name}"
        "</STMTTRN>"
    )


def test_reused_and_empty_transaction_ids_get_stable_ones(read: Any) -> None:
    odd = [bought("A"), bought("B"), bought("B", "-2.00"), bought(""), bought("")]
    first = {row["source_row"]: row for row in entries_of(read(OFX, ofx("\n".join(odd))))}
    ids = [row["transaction_id"] for row in first.values()]
    assert ids[0] == "A"
    assert len(set(ids)) == 5
    assert all(name.startswith("own-") for name in ids[1:])
    turned = entries_of(read(OFX, ofx("\n".join(reversed(odd)))))
    assert sorted(row["transaction_id"] for row in turned) == sorted(ids)


def test_a_row_that_tells_a_balance_moves_no_money(read: Any) -> None:
    parts = read(OFX, ofx(bought("A") + bought("B", "100.00", "SALDO ANTERIOR")))
    assert [row["status"] for row in entries_of(parts)] == ["BOOK", "INFO"]
    assert "balance_row" in codes_of(parts)


def test_a_row_that_cannot_be_typed_is_turned_away_with_its_place(read: Any) -> None:
    parts = read(OFX, ofx(bought("A", "$120")))
    assert entries_of(parts) == []
    assert "'$120'" in parts[0].rejected["reason"][0]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("+1 006,60", "1006.60"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1,234", "1234"),
        ("-2000,00", "-2000.00"),
        ("12-", "-12"),
        ("1.234.567", "1234567"),
    ],
)
def test_amounts_are_read_with_either_mark(text: str, amount: str) -> None:
    assert decimal_text(text, "USD") == amount


ING = (
    '"Date";"Name / Description";"Account";"Counterparty";"Code";"Debit/credit";"Amount (EUR)";'
    '"Notifications";"Resulting balance"\n'
    f'"20260115";"Shop";"{IBAN}";"";"BA";"Debit";"12,50";"Card";"987,50"\n'
    f'"20260114";"Boss";"{IBAN}";"";"GT";"Credit";"1.000,00";"Wages";"1000,00"\n'
)


def test_a_table_is_read_by_its_profile_and_proved_by_its_running_balance(read: Any) -> None:
    parts = read(STATEMENT_CSV, ING.encode(), "ing.csv")
    assert [row["amount"] for row in entries_of(parts)] == [Decimal("-12.50"), Decimal(1000)]
    assert parts[0].verdicts[0].outcome == "holds"
    changed = ING.replace('"12,50"', '"13,50"')
    verdict = read(STATEMENT_CSV, changed.encode(), "ing.csv")[0].verdicts[0]
    assert (verdict.outcome, verdict.difference) == ("differs", "1.000")


def test_an_unknown_table_is_refused_with_a_profile_proposed(read: Any) -> None:
    table = b"Posting Date,Description,Amount,Balance\n01/15/2026,Coffee,-3.50,96.50\n"
    assert STATEMENT_CSV.recognises(table, "unknown.csv")
    with pytest.raises(RefusedError) as refused:
        read(STATEMENT_CSV, table, "unknown.csv")
    assert "booking_date: Posting Date" in refused.value.advice
