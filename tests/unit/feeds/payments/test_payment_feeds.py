"""Payment hub events and ISO 20022 messages that order payments."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.feeds.payments import events as payment_events
from pipelines.feeds.payments import orders as payment_orders
from pipelines.feeds.reading import RefusedError
from tests.unit.feeds.conftest import InMemory, Whole
from tests.unit.feeds.payments.iso_messages import document

EVENT = {
    "event_id": "E1",
    "payment_id": "P1",
    "event_type": "initiated",
    "occurred_at": "2026-01-01T08:00:00Z",
    "amount": "12.50",
    "currency": "EUR",
}


def order(message_type: str = "pain.001.001.09", transactions: str = "", stated: int = 1) -> bytes:
    return document(
        message_type,
        "<CstmrCdtTrfInitn><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-01-05T09:00:00Z</CreDtTm>"
        f"<NbOfTxs>{stated}</NbOfTxs><InitgPty><Nm>Countinghouse</Nm></InitgPty></GrpHdr>"
        "<PmtInf><PmtInfId>B1</PmtInfId><PmtMtd>TRF</PmtMtd><BtchBookg>1</BtchBookg>"
        "<ReqdExctnDt><Dt>2026-01-06</Dt></ReqdExctnDt><Dbtr><Nm>Our House</Nm></Dbtr>"
        "<DbtrAcct><Id><IBAN>DE89 3704 0044 0532 0130 00</IBAN></Id></DbtrAcct>"
        f"<DbtrAgt><FinInstnId><BICFI>COBADEFF</BICFI></FinInstnId></DbtrAgt>{transactions}"
        "</PmtInf></CstmrCdtTrfInitn>",
    )


def transfer(number: int, amount: str = "100.00") -> str:
    return (
        f"<CdtTrfTxInf><PmtId><EndToEndId>E2E-{number}</EndToEndId></PmtId>"
        f'<Amt><InstdAmt Ccy="EUR">{amount}</InstdAmt></Amt><Cdtr><Nm>Bob</Nm></Cdtr>'
        "<RmtInf><Ustrd>one</Ustrd><Ustrd>two</Ustrd></RmtInf><InstrForCdtrAgt><Cd>HOLD</Cd>"
        "</InstrForCdtrAgt></CdtTrfTxInf>"
    )


def test_events_are_read_line_by_line_and_broken_lines_are_named(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    lines = [json.dumps(EVENT), "{", json.dumps([1]), "", json.dumps({**EVENT, "amount": 3.5})]
    got = whole(payment_events.read(source("\n".join(lines).encode())))
    assert [(row["source_row"], row["amount"]) for row in got.rows["payment_events"]] == [
        (1, Decimal("12.5")),
        (5, Decimal("3.5")),
    ]
    assert [row["source_row"] for row in got.rejected] == [2, 3]


def test_a_long_number_keeps_all_its_digits(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    line = json.dumps(EVENT).replace('"12.50"', "123456789012345.678")
    got = whole(payment_events.read(source(line.encode())))
    assert got.rows["payment_events"][0]["amount"] == Decimal("123456789012345.678")


def test_a_key_without_a_column_is_a_finding_and_is_kept(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    got = whole(payment_events.read(source(json.dumps({**EVENT, "mood": "good"}).encode())))
    assert [finding.code for finding in got.findings] == ["unknown_key"]
    later = "\n".join([json.dumps(EVENT), json.dumps({**EVENT, "mood": {"now": "good"}})])
    rows = whole(payment_events.read(source(later.encode()))).rows["payment_events"]
    assert [row["remainder"] for row in rows] == [None, '{"mood": {"now": "good"}}']


@given(
    st.lists(
        st.sampled_from([json.dumps(EVENT), "nonsense", json.dumps({**EVENT, "amount": "x"})]),
        max_size=15,
    ),
    st.integers(1, 400),
)
def test_every_line_of_events_is_a_row_or_a_rejected_row(
    source: type[InMemory], whole: Callable[..., Whole], lines: Any, size: int
) -> None:
    got = whole(payment_events.read(source("\n".join([*lines, ""]).encode()), size))
    rows = got.rows["payment_events"] + got.rejected
    assert sorted(row["source_row"] for row in rows) == list(range(1, len(lines) + 1))


@pytest.mark.parametrize("version", ["03", "09", "12"])
def test_a_credit_transfer_is_an_outgoing_order_in_every_version(
    source: type[InMemory], whole: Callable[..., Whole], version: str
) -> None:
    data = order(f"pain.001.001.{version}", transfer(1))
    assert payment_orders.recognises(data, "")
    (row,) = whole(payment_orders.read(source(data))).rows["payment_orders"]
    expected = {
        "message_id": "M1",
        "message_type": f"pain.001.001.{version}",
        "payment_information_id": "B1",
        "transaction_index": 0,
        "end_to_end_id": "E2E-1",
        "direction": "outgoing",
        "batch_booking": True,
        "amount": Decimal("100.000"),
        "currency": "EUR",
        "debtor_account": "DE89370400440532013000",
        "debtor_agent": "COBADEFF",
        "creditor_name": "Bob",
        "remittance": "one two",
        "remainder": '{"InstrForCdtrAgt/Cd": "HOLD", "GrpHdr/InitgPty/Nm": "Countinghouse"}',
        "source_row": 1,
        "source_path": "PmtInf[1]/CdtTrfTxInf[1]",
    }
    assert {name: row[name] for name in expected} == expected


def test_a_direct_debit_is_an_incoming_order_with_its_mandate(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    body = (
        "<CstmrDrctDbtInitn><GrpHdr><MsgId>M2</MsgId><CreDtTm>2026-01-05T09:00:00</CreDtTm>"
        "<NbOfTxs>1</NbOfTxs></GrpHdr><PmtInf><PmtInfId>B</PmtInfId><PmtMtd>DD</PmtMtd>"
        "<ReqdColltnDt>2026-01-08</ReqdColltnDt><Cdtr><Nm>Us</Nm></Cdtr><DrctDbtTxInf>"
        '<PmtId><EndToEndId>E</EndToEndId></PmtId><InstdAmt Ccy="EUR">5</InstdAmt><DrctDbtTx>'
        "<MndtRltdInf><MndtId>MND-1</MndtId></MndtRltdInf></DrctDbtTx><Dbtr><Nm>Ann</Nm></Dbtr>"
        "</DrctDbtTxInf></PmtInf></CstmrDrctDbtInitn>"
    )
    data = document("pain.008.001.02", body)
    (row,) = whole(payment_orders.read(source(data))).rows["payment_orders"]
    assert (row["direction"], row["mandate_id"], row["creditor_name"], row["debtor_name"]) == (
        "incoming",
        "MND-1",
        "Us",
        "Ann",
    )


def test_an_interbank_transfer_keeps_its_uetr_and_settlement_date(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    body = (
        "<FIToFICstmrCdtTrf><GrpHdr><MsgId>M3</MsgId><CreDtTm>2026-01-05T09:00:00Z</CreDtTm>"
        "<NbOfTxs>1</NbOfTxs><IntrBkSttlmDt>2026-01-07</IntrBkSttlmDt></GrpHdr><CdtTrfTxInf>"
        "<PmtId><EndToEndId>E</EndToEndId><UETR>u-1</UETR></PmtId>"
        '<IntrBkSttlmAmt Ccy="GBP">7.10</IntrBkSttlmAmt></CdtTrfTxInf></FIToFICstmrCdtTrf>'
    )
    data = document("pacs.008.001.08", body)
    (row,) = whole(payment_orders.read(source(data))).rows["payment_orders"]
    assert (row["uetr"], str(row["requested_execution_date"])) == ("u-1", "2026-01-07")
    assert (row["amount"], row["currency"]) == (Decimal("7.10"), "GBP")


def test_an_amount_that_cannot_be_read_turns_away_its_transaction_alone(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    data = order(transactions=transfer(1) + transfer(2, "1,50") + transfer(3), stated=3)
    got = whole(payment_orders.read(source(data)))
    assert [row["end_to_end_id"] for row in got.rows["payment_orders"]] == ["E2E-1", "E2E-3"]
    (away,) = got.rejected
    assert (away["source_row"], away["source_path"]) == (2, "PmtInf[1]/CdtTrfTxInf[2]")
    assert away["reason"] == "amount: '1,50' is not a plain decimal such as 1234.56"


def test_a_message_that_miscounts_itself_is_read_and_says_so(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    got = whole(payment_orders.read(source(order(transactions=transfer(1), stated=7))))
    assert [finding.code for finding in got.findings] == ["transaction_count"]


def test_a_message_without_transactions_is_refused_unless_it_states_none(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    with pytest.raises(RefusedError, match="states 2 transactions and holds none"):
        list(payment_orders.read(source(order(stated=2))))
    assert whole(payment_orders.read(source(order(stated=0)))).rows == {"payment_orders": []}


def test_a_wrong_namespace_is_a_finding(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    data = order("camt.053.001.02", transfer(1))
    got = whole(payment_orders.read(source(data)))
    assert [finding.code for finding in got.findings] == ["namespace"]
    assert got.rows["payment_orders"][0]["message_type"] == "pain.001"


@pytest.mark.parametrize(
    "hostile",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">',
    ],
)
def test_a_document_type_refuses_the_message(source: type[InMemory], hostile: bytes) -> None:
    with pytest.raises(RefusedError, match="document type"):
        list(payment_orders.read(source(hostile + order(transactions=transfer(1)))))
