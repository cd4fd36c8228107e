"""What a message says twice, and in ways of its own, is kept; refusals name what a file is."""

from typing import Any

import pytest

from pipelines.feeds.payments import status as payment_status
from pipelines.feeds.reading import RefusedError
from pipelines.feeds.statements.camt.reader import CAMT
from pipelines.feeds.statements.canonical_json import statement_objects
from pipelines.feeds.statements.ofx import OFX
from pipelines.feeds.xml.iso20022 import Leaves
from tests.recognised import recognise
from tests.unit.feeds.statements.statements_read import entries_of


def test_an_alternative_that_says_something_else_stays() -> None:
    given = Leaves({"a": "1", "b": "1", "c": "2"})
    assert given.take("a", "b", "c") == "1"
    assert given.values == {"c": "2"}


def test_a_reason_in_words_stays_beside_its_code(source: Any, whole: Any) -> None:
    message = (
        "<Document><CstmrPmtStsRpt><GrpHdr><MsgId>M</MsgId><CreDtTm>2026-01-05T10:00:00</CreDtTm>"
        "</GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>O</OrgnlMsgId><OrgnlMsgNmId>pain.001</OrgnlMsgNmId>"
        "<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>NARR</Cd></Rsn><AddtlInf>No such file</AddtlInf>"
        "</StsRsnInf></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>"
    )
    got = whole(payment_status.read(source(message.encode())))
    (event,) = got.rows["payment_events"]
    assert event["reason_code"] == "NARR"
    assert event["reason"] == "No such file"
    assert [finding.message for finding in got.findings] == [
        "no namespace is named; read as pain.002"
    ]


def test_balances_may_bear_the_codes_of_bai(source: Any) -> None:
    balances = "".join(
        f'<Bal><Tp><CdOrPrtry><Prtry>{code}</Prtry></CdOrPrtry></Tp><Amt Ccy="CAD">{amount}</Amt>'
        "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-15</Dt></Dt></Bal>"
        for code, amount in (("015", "7.00"), ("010", "7.00"), ("901", "7.00"))
    )
    given = source(
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt>'
        f"<Id>1</Id><Acct><Id><Othr><Id>0002</Id></Othr></Id></Acct>{balances}</Stmt>"
        "</BkToCstmrStmt></Document>".encode()
    )
    (said,) = statement_objects(given, CAMT.read(given))
    assert [balance["type"] for balance in said["balances"]] == ["CLBD", "OPBD", "901"]
    assert said["balance_control"]["outcome"] == "holds"


@pytest.mark.parametrize(
    ("said", "name", "kept"),
    [
        ("<PAYEE>A NAME", "A NAME", None),
        ("<NAME>A NAME<PAYEE><NAME>ANOTHER</PAYEE>", "A NAME", "ANOTHER"),
        ("<NAME>A NAME<PAYEE><NAME>A NAME</PAYEE>", "A NAME", None),
    ],
)
def test_who_was_paid_may_stand_in_two_places(said: str, name: str, kept: Any, read: Any) -> None:
    data = (
        "OFXHEADER:100\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>BRL<BANKACCTFROM><BANKID>1"
        "<ACCTID>42</BANKACCTFROM><BANKTRANLIST><STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260115"
        f"<TRNAMT>-1.00<FITID>A{said}</STMTTRN></BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1>"
        "</OFX>"
    )
    (row,) = entries_of(read(OFX, data.encode()))
    assert row["counterparty_name"] == name
    assert (kept in row["remainder"]) if kept else not row["remainder"]


def test_two_columns_in_common_do_not_make_a_table_ours(source: Any) -> None:
    with pytest.raises(RefusedError, match="no known format"):
        recognise(source(b"order,amount,currency,description,shipping,tax\n1,2,EUR,x,0,0\n"))


@pytest.mark.parametrize(
    "heading",
    [
        "id,description,seller_message,created,amount,amount_refunded,currency,converted_amount,fee",
        "id,Created date (UTC),Amount,Amount Refunded,Currency,Converted Amount,Fee",
    ],
)
def test_stripes_payments_are_named_and_refused(heading: str, source: Any) -> None:
    given = source(f"{heading}\n".encode())
    with pytest.raises(RefusedError, match="repeat what the balance transactions say"):
        list(recognise(given).read(given))
