"""What tells one statement from another, and a correction from a statement of its own."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.feeds.statements.bai2 import BAI2
from pipelines.feeds.statements.camt.reader import CAMT
from pipelines.feeds.statements.identity import Page, page_of, statement_identity
from pipelines.feeds.statements.mt940 import MT940
from pipelines.feeds.statements.ofx import OFX
from pipelines.feeds.statements.tabular.reader import STATEMENT_CSV
from tests.unit.feeds.statements.statements_read import codes_of, entries_of

IBAN = "DE89370400440532013000"

names = st.text("ABC019/-", min_size=1, max_size=6)
days = st.dates(date(2000, 1, 1), date(2030, 1, 1)).map(str)


@given(names, days, days, st.integers(1, 9), st.integers(1, 9))
def test_statements_of_one_name_are_told_apart_by_day_and_page(
    name: str, day: str, other: str, page: int, next_page: int
) -> None:
    one = statement_identity(name, day, page=Page(page))
    two = statement_identity(name, other, page=Page(next_page))
    assert (one == two) == ((day, page) == (other, next_page))


@pytest.mark.parametrize(
    ("number", "last", "page", "whole"),
    [
        ("1", "true", Page(1, True), True),
        ("1", "false", Page(1, False), False),
        ("1", None, Page(1, None), True),
        ("2", "1", Page(2, True), False),
    ],
)
def test_a_page_is_the_whole_statement_when_it_is_the_first_and_last(
    number: str, last: str | None, page: Page, whole: bool
) -> None:
    read = page_of(number, last)
    assert read == page
    assert read is not None
    assert read.is_whole is whole
    assert page_of("one", last) is None


def camt(
    name: str, day: str, amount: str, *, header: str = "", inside: str = "", balances: str = "CLBD"
) -> bytes:
    stated = "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>1.00</Amt>"
        f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
        for code in balances.split()
    )
    return (
        "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.02'><BkToCstmrStmt>"
        f"<GrpHdr><MsgId>M</MsgId>{header}</GrpHdr><Stmt><Id>{name}</Id>{inside}"
        f"<ElctrncSeqNb>1</ElctrncSeqNb><CreDtTm>{day}T18:00:00</CreDtTm>"
        f"<Acct><Id><IBAN>{IBAN}</IBAN></Id></Acct>{stated}<Ntry><Amt Ccy='EUR'>{amount}</Amt>"
        "<CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>"
        f"<BookgDt><Dt>{day}</Dt></BookgDt></Ntry></Stmt></BkToCstmrStmt></Document>"
    ).encode()


def paged(number: int, last: str) -> str:
    return f"<MsgPgntn><PgNb>{number}</PgNb><LastPgInd>{last}</LastPgInd></MsgPgntn>"


def identity(parts: list[Any]) -> str:
    (found,) = {row["statement_id"] for row in entries_of(parts)}
    return str(found)


def test_camt_ids_that_begin_anew_each_year_are_two_statements(read: Any) -> None:
    one, two = camt("1", "2025-01-02", "5.00"), camt("1", "2026-01-02", "5.00")
    assert identity(read(CAMT, one)) == "1/2025-01-02"
    assert identity(read(CAMT, two)) == "1/2026-01-02"


def test_a_corrected_camt_statement_keeps_its_identity(read: Any) -> None:
    one, two = camt("S1", "2026-01-02", "5.00"), camt("S1", "2026-01-02", "7.00")
    again = two.replace(b"2026-01-02T18", b"2026-01-09T06").replace(
        b"<Acct>", b"<CpyDplctInd>DUPL</CpyDplctInd><Acct>"
    )
    assert identity(read(CAMT, one)) == identity(read(CAMT, again))


@pytest.mark.parametrize("where", ["header", "inside"])
@pytest.mark.parametrize("mark", ["COPY", "DUPL", "CODU"])
def test_a_camt_statement_says_that_it_is_a_copy_or_a_duplicate(
    read: Any, where: str, mark: str
) -> None:
    said = {where: f"<CpyDplctInd>{mark}</CpyDplctInd>"}
    (part,) = read(CAMT, camt("S1", "2026-01-02", "5.00", **said))
    for name in ("statement_entries", "statement_balances"):
        assert part.tables[name]["copy_duplicate"].to_list() == [mark]
    (original,) = read(CAMT, camt("S1", "2026-01-02", "5.00"))
    assert original.tables["statement_entries"]["copy_duplicate"].to_list() == [None]
    assert identity([part]) == identity([original])


@pytest.mark.parametrize("where", ["header", "inside"])
def test_pages_are_documents_of_one_statement_and_a_page_is_corrected_alone(
    read: Any, where: str
) -> None:
    def page(number: int, day: str, last: str) -> str:
        pages = paged(number, last)
        pages = pages if where == "header" else pages.replace("MsgPgntn", "StmtPgntn")
        balances = "OPBD" if number == 1 else "CLBD"
        more: dict[str, str] = {where: pages}
        return identity(read(CAMT, camt("S1", day, "5.00", balances=balances, **more)))

    assert page(1, "2026-03-02", "false") == "S1/2026"
    assert page(2, "2026-03-03", "true") == "S1/2026/page 2"


def test_one_page_of_one_is_a_statement_like_any_other(read: Any) -> None:
    alone = camt("S1", "2026-03-02", "5.00", header=paged(1, "true"))
    assert identity(read(CAMT, alone)) == "S1/2026-03-02"


def test_an_intermediate_balance_of_a_page_is_no_closing(read: Any) -> None:
    text = camt("S1", "2026-03-02", "5.00", balances="OPBD CLBD").replace(
        b"<Cd>CLBD</Cd></CdOrPrtry>", b"<Cd>CLBD</Cd></CdOrPrtry><SubTp><Cd>INTM</Cd></SubTp>"
    )
    (part,) = read(CAMT, text)
    assert part.tables["statement_balances"]["balance_type"].to_list() == ["OPBD", "ITBD"]


def test_a_name_that_says_nothing_is_told_by_the_number_beside_it(read: Any) -> None:
    assert identity(read(CAMT, camt("STATEMENT", "2026-03-02", "5.00"))) == "STATEMENT/2026-03-02/1"


def swift(opened: str, number: str, opening: str = "10,00") -> str:
    return (
        f":20:STARTUMS\n:25:{IBAN}\n:28C:{number}\n:60F:C{opened}EUR{opening}\n"
        f":61:{opened}{opened[2:]}C5,00NMSCNONREF\n:62F:C{opened}EUR15,00\n-\n"
    )


def test_mt940_numbers_that_begin_anew_are_told_apart_in_one_file_and_in_many(read: Any) -> None:
    parts = read(MT940, (swift("250102", "00001/001") + swift("260102", "00001/001")).encode())
    assert {row["statement_id"] for row in entries_of(parts)} == {
        "STARTUMS/00001/001/2025-01-02",
        "STARTUMS/00001/001/2026-01-02",
    }
    assert "statement_id_repeated" not in codes_of(parts)
    alone = read(MT940, swift("260102", "00001/001").encode())
    assert identity(alone) == "STARTUMS/00001/001/2026-01-02"


def test_two_unnumbered_mt940_of_a_day_are_told_apart_by_where_they_open(read: Any) -> None:
    parts = [read(MT940, swift("260102", "0", opening).encode()) for opening in ("10,00", "15,00")]
    assert identity(parts[0]) != identity(parts[1])


def ofx(fitid: str, amount: str) -> bytes:
    return (
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>"
        "<CURDEF>USD<BANKACCTFROM><BANKID>1<ACCTID>42</BANKACCTFROM><BANKTRANLIST>"
        f"<DTSTART>20260101<DTEND>20261231<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260115"
        f"<TRNAMT>{amount}<FITID>{fitid}</STMTTRN></BANKTRANLIST><LEDGERBAL><BALAMT>5.00"
        "<DTASOF>20260131</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    ).encode()


def test_downloads_of_one_period_are_documents_of_their_own(read: Any) -> None:
    first, second = identity(read(OFX, ofx("A", "1.00"))), identity(read(OFX, ofx("B", "2.00")))
    assert first != second
    assert first.startswith("2026-01-01/2026-12-31/")
    assert identity(read(OFX, ofx("A", "1.00").replace(b"VERSION:102", b"VERSION:103"))) == first


@pytest.mark.parametrize(
    ("action", "status"), [("REPLACE", "BOOK"), ("DELETE", "INFO"), ("", "BOOK")]
)
def test_an_ofx_transaction_names_what_it_corrects_and_one_that_deletes_moves_no_money(
    read: Any, action: str, status: str
) -> None:
    said = f"<FITID>B<CORRECTFITID>A<CORRECTACTION>{action}</STMTTRN>".encode()
    parts = read(OFX, ofx("B", "7.00").replace(b"<FITID>B</STMTTRN>", said))
    (row,) = entries_of(parts)
    assert (row["status"], row["bank_reference"]) == (status, "B")
    remainder = json.loads(row["remainder"])
    assert remainder["CORRECTFITID"] == "A"
    assert remainder.get("CORRECTACTION", "") == action
    assert "transaction_corrected" in codes_of(parts)


def test_tables_of_one_period_are_documents_of_their_own(read: Any) -> None:
    head = (
        "account_id,booking_date,value_date,amount,currency,reference,counterparty_name,remittance"
    )

    def table(*rows: str) -> str:
        return identity(read(STATEMENT_CSV, "\n".join((head, *rows)).encode(), "a.csv"))

    coffee = "A,2026-03-01,2026-03-01,-4.50,EUR,,Cafe,coffee"
    tea = "A,2026-03-01,2026-03-01,-3.00,EUR,,Cafe,tea"
    assert table(coffee) != table(tea)
    assert table(coffee, tea) == table(coffee, tea)


def bai2(status: str, modifier: str, time: str = "0600") -> bytes:
    return (
        "01,BANK,US,260302,0600,1,80,1,2/\n"
        f"02,US,BANK,{status},260301,{time},USD,{modifier}/\n"
        "03,42,USD,010,1000,,/\n16,165,500,Z,B1,C1,/\n"
        "49,1500,3/\n98,1500,1,5/\n99,1500,1,7/\n"
    ).encode()


def test_a_final_bai2_day_is_one_statement_at_whatever_hour_it_is_sent(read: Any) -> None:
    assert identity(read(BAI2, bai2("1", "2"))) == "BANK/2026-03-01"
    assert identity(read(BAI2, bai2("3", "2", "0900"))) == "BANK/2026-03-01"
    assert identity(read(BAI2, bai2("1", "3", "0900"))) == "BANK/2026-03-01/0900"
    assert identity(read(BAI2, bai2("1", "", "2400"))) == "BANK/2026-03-01"


def test_a_bai2_deletion_takes_back_what_it_names_and_a_test_counts_nowhere(read: Any) -> None:
    taken_back, trial = read(BAI2, bai2("2", "2")), read(BAI2, bai2("4", "2"))
    assert identity(taken_back) == "BANK/2026-03-01"
    assert identity(trial) == "BANK/2026-03-01/test"
    for parts in (taken_back, trial):
        assert {row["status"] for row in entries_of(parts)} == {"INFO"}
        assert all(part.tables["statement_balances"].is_empty() for part in parts)
