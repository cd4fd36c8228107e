"""Payment hub events and ISO 20022 messages about payments."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.feeds import payment_events, payment_orders, payment_status
from pipelines.feeds.reading import RefusedError

EVENT = {
    "event_id": "E1",
    "payment_id": "P1",
    "event_type": "initiated",
    "occurred_at": "2026-01-01T08:00:00Z",
    "amount": "12.50",
    "currency": "EUR",
}
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"


def document(message_type: str, body: str) -> bytes:
    return f'<Document xmlns="{NAMESPACE}{message_type}">{body}</Document>'.encode()


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


def test_events_are_read_line_by_line_and_broken_lines_are_named(source, whole):
    lines = [json.dumps(EVENT), "{", json.dumps([1]), "", json.dumps({**EVENT, "amount": 3.5})]
    got = whole(payment_events.read(source("\n".join(lines).encode())))
    assert [(row["source_row"], row["amount"]) for row in got.rows["payment_events"]] == [
        (1, Decimal("12.5")),
        (5, Decimal("3.5")),
    ]
    assert [row["source_row"] for row in got.rejected] == [2, 3]


def test_a_long_number_keeps_all_its_digits(source, whole):
    line = json.dumps(EVENT).replace('"12.50"', "123456789012345.678")
    got = whole(payment_events.read(source(line.encode())))
    assert got.rows["payment_events"][0]["amount"] == Decimal("123456789012345.678")


def test_a_key_without_a_column_is_a_finding_and_is_kept(source, whole):
    got = whole(payment_events.read(source(json.dumps({**EVENT, "mood": "good"}).encode())))
    assert [finding.code for finding in got.findings] == ["unknown_key"]
    later = "\n".join([json.dumps(EVENT), json.dumps({**EVENT, "mood": {"now": "good"}})])
    rows = whole(payment_events.read(source(later.encode()))).rows["payment_events"]
    assert [row["remainder"] for row in rows] == [None, '{"mood": {"now": "good"}}']


def test_what_a_status_says_beyond_our_columns_is_kept(source, whole):
    status = document(
        "pain.002.001.10",
        "<CstmrPmtStsRpt><GrpHdr><MsgId>S</MsgId><CreDtTm>2026-01-05T10:00:00Z</CreDtTm></GrpHdr>"
        "<OrgnlGrpInfAndSts><OrgnlMsgId>M1</OrgnlMsgId></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts>"
        "<TxInfAndSts><StsId>77</StsId><OrgnlEndToEndId>E1</OrgnlEndToEndId><TxSts>ACSC</TxSts>"
        "</TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt>",
    )
    (row,) = whole(payment_status.read(source(status))).rows["payment_events"]
    assert (row["payment_id"], row["event_type"]) == ("E1", "settled")
    assert json.loads(row["remainder"])["StsId"] == "77"


@given(
    st.lists(
        st.sampled_from([json.dumps(EVENT), "nonsense", json.dumps({**EVENT, "amount": "x"})]),
        max_size=15,
    ),
    st.integers(1, 400),
)
def test_every_line_of_events_is_a_row_or_a_rejected_row(source, whole, lines, size):
    got = whole(payment_events.read(source("\n".join([*lines, ""]).encode()), size))
    rows = got.rows["payment_events"] + got.rejected
    assert sorted(row["source_row"] for row in rows) == list(range(1, len(lines) + 1))


@pytest.mark.parametrize("version", ["03", "09", "12"])
def test_a_credit_transfer_is_an_outgoing_order_in_every_version(source, whole, version):
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


def test_a_direct_debit_is_an_incoming_order_with_its_mandate(source, whole):
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


def test_an_interbank_transfer_keeps_its_uetr_and_settlement_date(source, whole):
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


def test_an_amount_that_cannot_be_read_turns_away_its_transaction_alone(source, whole):
    data = order(transactions=transfer(1) + transfer(2, "1,50") + transfer(3), stated=3)
    got = whole(payment_orders.read(source(data)))
    assert [row["end_to_end_id"] for row in got.rows["payment_orders"]] == ["E2E-1", "E2E-3"]
    (away,) = got.rejected
    assert (away["source_row"], away["source_path"]) == (2, "PmtInf[1]/CdtTrfTxInf[2]")
    assert away["reason"] == "amount: '1,50' is not a plain decimal such as 1234.56"


def test_a_message_that_miscounts_itself_is_read_and_says_so(source, whole):
    got = whole(payment_orders.read(source(order(transactions=transfer(1), stated=7))))
    assert [finding.code for finding in got.findings] == ["transaction_count"]


def test_a_message_without_transactions_is_refused_unless_it_states_none(source, whole):
    with pytest.raises(RefusedError, match="states 2 transactions and holds none"):
        list(payment_orders.read(source(order(stated=2))))
    assert whole(payment_orders.read(source(order(stated=0)))).rows == {"payment_orders": []}


def test_a_wrong_namespace_is_a_finding(source, whole):
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
def test_a_document_type_refuses_the_message(source, hostile):
    with pytest.raises(RefusedError, match="document type"):
        list(payment_orders.read(source(hostile + order(transactions=transfer(1)))))


def status(body: str, message_type: str = "pain.002.001.10") -> bytes:
    header = "<GrpHdr><MsgId>S1</MsgId><CreDtTm>2026-01-06T09:00:00Z</CreDtTm></GrpHdr>"
    group = (
        "<OrgnlGrpInfAndSts><OrgnlMsgId>M1</OrgnlMsgId>"
        "<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>{}</OrgnlGrpInfAndSts>"
    )
    return document(message_type, f"<CstmrPmtStsRpt>{header}{group}{body}</CstmrPmtStsRpt>")


def about(code: str, number: int = 1) -> str:
    return (
        f"<TxInfAndSts><OrgnlEndToEndId>E2E-{number}</OrgnlEndToEndId><TxSts>{code}</TxSts>"
        "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf></TxInfAndSts>"
    )


@pytest.mark.parametrize(
    ("code", "step"),
    [
        ("ACTC", "accepted"),
        ("ACSP", "accepted"),
        ("ACSC", "settled"),
        ("RJCT", "rejected"),
        ("CANC", "cancelled"),
        ("PDNG", "submitted"),
    ],
)
def test_a_status_of_a_transaction_is_a_step_of_its_payments_life(source, whole, code, step):
    batch = f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>B1</OrgnlPmtInfId>{about(code)}</OrgnlPmtInfAndSts>"
    (row,) = whole(payment_status.read(source(status(batch)))).rows["payment_events"]
    expected = {
        "event_id": "pain.002.001.10/S1/1",
        "payment_id": "E2E-1",
        "original_message_id": "M1",
        "event_type": step,
        "direction": "outgoing",
        "reason_code": "AC04",
    }
    assert {name: row[name] for name in expected} == expected


def test_a_status_of_a_whole_batch_or_message_is_one_event(source, whole):
    batch = (
        "<OrgnlPmtInfAndSts><OrgnlPmtInfId>B1</OrgnlPmtInfId><PmtInfSts>RJCT</PmtInfSts>"
        "</OrgnlPmtInfAndSts>"
    )
    (row,) = whole(payment_status.read(source(status(batch)))).rows["payment_events"]
    assert (row["payment_id"], row["end_to_end_id"], row["event_type"]) == (
        "M1/B1",
        None,
        "rejected",
    )
    data = status("").replace(b"{}", b"<GrpSts>ACCP</GrpSts>")
    (row,) = whole(payment_status.read(source(data))).rows["payment_events"]
    assert (row["payment_id"], row["event_type"]) == ("M1", "accepted")


def test_a_transaction_without_a_status_takes_that_of_its_message(source, whole):
    body = "<TxInfAndSts><OrgnlEndToEndId>E2E-1</OrgnlEndToEndId></TxInfAndSts>"
    data = status(body).replace(b"{}", b"<GrpSts>RJCT</GrpSts>")
    (row,) = whole(payment_status.read(source(data))).rows["payment_events"]
    assert (row["payment_id"], row["event_type"]) == ("E2E-1", "rejected")


def test_an_unknown_status_turns_away_its_transaction_with_its_text(source, whole):
    got = whole(payment_status.read(source(status(about("ODD!") + about("ACSC", 2)))))
    assert [row["payment_id"] for row in got.rows["payment_events"]] == ["E2E-2"]
    (away,) = got.rejected
    assert away["reason"] == "the status ODD! is no step that we know"
    assert json.loads(away["content"])["OrgnlEndToEndId"] == "E2E-1"


def test_returns_cancellations_and_their_answers_are_events(source, whole):
    header = "<Id>A1</Id><CreDtTm>2026-01-07T09:00:00Z</CreDtTm>"
    original = "<OrgnlEndToEndId>E9</OrgnlEndToEndId><OrgnlUETR>u-9</OrgnlUETR>"
    messages = {
        "pacs.004.001.09": "<PmtRtr><GrpHdr><MsgId>R1</MsgId><CreDtTm>2026-01-07T09:00:00Z"
        f"</CreDtTm></GrpHdr><TxInf>{original}"
        '<RtrdIntrBkSttlmAmt Ccy="EUR">7.00</RtrdIntrBkSttlmAmt>'
        "<RtrRsnInf><Rsn><Cd>AC01</Cd></Rsn></RtrRsnInf></TxInf></PmtRtr>",
        "camt.056.001.08": f"<FIToFIPmtCxlReq><Assgnmt>{header}</Assgnmt><Undrlyg><TxInf>{original}"
        "<CxlRsnInf><Rsn><Cd>DUPL</Cd></Rsn></CxlRsnInf></TxInf></Undrlyg></FIToFIPmtCxlReq>",
        "camt.029.001.09": f"<RsltnOfInvstgtn><Assgnmt>{header}</Assgnmt><CxlDtls><TxInfAndSts>"
        f"{original}<TxCxlSts>RJCR</TxCxlSts></TxInfAndSts></CxlDtls></RsltnOfInvstgtn>",
        "pacs.002.001.10": "<FIToFIPmtStsRpt><GrpHdr><MsgId>S</MsgId><CreDtTm>2026-01-07T09:00:00Z"
        f"</CreDtTm></GrpHdr><TxInfAndSts>{original}<TxSts>ACSC</TxSts></TxInfAndSts>"
        "</FIToFIPmtStsRpt>",
    }
    found = {}
    for message_type, body in messages.items():
        data = document(message_type, body)
        assert payment_status.recognises(data, "")
        (row,) = whole(payment_status.read(source(data))).rows["payment_events"]
        assert (row["end_to_end_id"], row["uetr"]) == ("E9", "u-9")
        found[message_type] = (row["event_type"], row["reason_code"], row["amount"])
    assert found == {
        "pacs.004.001.09": ("returned", "AC01", Decimal("7.000")),
        "camt.056.001.08": ("cancelled", "DUPL", None),
        "camt.029.001.09": ("accepted", "RJCR", None),
        "pacs.002.001.10": ("settled", "ACSC", None),
    }


ASSIGNED = "<Id>A1</Id><CreDtTm>2026-01-07T09:00:00Z</CreDtTm>"


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (f"<GrpHdr>{ASSIGNED.replace('Id>', 'MsgId>')}</GrpHdr>", "in place of Assgnmt"),
        (f"<GrpHdr><Assgnmt>{ASSIGNED}</Assgnmt></GrpHdr>", "with Assgnmt"),
        (f"<Assgnmt>{ASSIGNED}</Assgnmt><GrpHdr><MsgId>G</MsgId></GrpHdr>", "with Assgnmt"),
    ],
)
def test_a_request_to_cancel_under_a_group_header_is_read_and_says_so(source, whole, header, words):
    request = document(
        "camt.056.001.08",
        f"<FIToFIPmtCxlReq>{header}<Undrlyg><TxInf><OrgnlEndToEndId>E9</OrgnlEndToEndId></TxInf>"
        "</Undrlyg></FIToFIPmtCxlReq>",
    )
    got = whole(payment_status.read(source(request)))
    (row,) = got.rows["payment_events"]
    assert (row["message_id"], row["event_type"]) == ("A1", "cancelled")
    assert str(row["occurred_at"]) == "2026-01-07 09:00:00+00:00"
    (finding,) = got.findings
    assert (finding.code, finding.place) == ("group_header", "GrpHdr")
    assert words in finding.message


def returned(transactions: str, group: str = "", header: str = "") -> bytes:
    return document(
        "pacs.004.001.09",
        "<PmtRtr><GrpHdr><MsgId>R1</MsgId><CreDtTm>2026-01-07T09:00:00Z</CreDtTm>"
        f"{header}</GrpHdr><OrgnlGrpInf><OrgnlMsgId>M1</OrgnlMsgId>{group}</OrgnlGrpInf>"
        f"{transactions}</PmtRtr>",
    )


def reason(code: str, text: str) -> str:
    rsn = f"<Rsn><Cd>{code}</Cd></Rsn>" if code else ""
    return f"<RtrRsnInf>{rsn}<AddtlInf>{text}</AddtlInf></RtrRsnInf>"


@pytest.mark.parametrize(
    ("reasons", "rest"),
    [
        (f"<RtrRsnInf>{reason('AC04', 'a')}</RtrRsnInf>", {"RtrRsnInf/RtrRsnInf/AddtlInf": "a"}),
        (
            reason("", "a") + reason("AC04", "b"),
            {"RtrRsnInf/AddtlInf": "a", "RtrRsnInf[2]/AddtlInf": "b"},
        ),
        (
            reason("AC04", "a") + reason("MS03", "b"),
            {
                "RtrRsnInf/AddtlInf": "a",
                "RtrRsnInf[2]/Rsn/Cd": "MS03",
                "RtrRsnInf[2]/AddtlInf": "b",
            },
        ),
    ],
)
def test_a_return_with_reasons_nested_or_repeated_keeps_them_all(source, whole, reasons, rest):
    data = returned(f"<TxInf><OrgnlEndToEndId>E9</OrgnlEndToEndId>{reasons}</TxInf>")
    (row,) = whole(payment_status.read(source(data))).rows["payment_events"]
    assert (row["reason_code"], row["original_message_id"]) == ("AC04", "M1")
    assert json.loads(row["remainder"]) == rest


def test_the_reason_of_all_returns_counts_where_one_has_none_of_its_own(source, whole):
    transactions = "<TxInf><OrgnlEndToEndId>E1</OrgnlEndToEndId></TxInf>"
    transactions += f"<TxInf><OrgnlEndToEndId>E2</OrgnlEndToEndId>{reason('AC01', 'b')}</TxInf>"
    data = returned(transactions, reason("AC06", "a"), "<NbOfTxs>2</NbOfTxs>")
    first, second = whole(payment_status.read(source(data))).rows["payment_events"]
    assert (first["reason_code"], second["reason_code"]) == ("AC06", "AC01")
    assert json.loads(first["remainder"])["GrpHdr/NbOfTxs"] == "2"
    assert json.loads(second["remainder"])["OrgnlGrpInf/RtrRsnInf/Rsn/Cd"] == "AC06"


def test_a_group_returned_whole_is_one_event(source, whole):
    data = returned("", reason("AC06", "a"), "<GrpRtr>true</GrpRtr>")
    (row,) = whole(payment_status.read(source(data))).rows["payment_events"]
    assert (row["payment_id"], row["event_type"], row["reason_code"]) == ("M1", "returned", "AC06")
    with pytest.raises(RefusedError, match="nothing of any payment"):
        list(payment_status.read(source(returned("", reason("AC06", "a")))))
