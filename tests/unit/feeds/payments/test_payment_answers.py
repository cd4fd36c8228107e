"""ISO 20022 messages that answer an order: its status, its return, its cancellation."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from pipelines.feeds.payments import status as payment_status
from pipelines.feeds.reading import RefusedError
from tests.unit.feeds.conftest import InMemory, Whole
from tests.unit.feeds.payments.iso_messages import document


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
def test_a_status_of_a_transaction_is_a_step_of_its_payments_life(
    source: type[InMemory], whole: Callable[..., Whole], code: str, step: str
) -> None:
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


def test_a_status_of_a_whole_batch_or_message_is_one_event(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
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


def test_a_transaction_without_a_status_takes_that_of_its_message(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    body = "<TxInfAndSts><OrgnlEndToEndId>E2E-1</OrgnlEndToEndId></TxInfAndSts>"
    data = status(body).replace(b"{}", b"<GrpSts>RJCT</GrpSts>")
    (row,) = whole(payment_status.read(source(data))).rows["payment_events"]
    assert (row["payment_id"], row["event_type"]) == ("E2E-1", "rejected")


def test_an_unknown_status_turns_away_its_transaction_with_its_text(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    got = whole(payment_status.read(source(status(about("ODD!") + about("ACSC", 2)))))
    assert [row["payment_id"] for row in got.rows["payment_events"]] == ["E2E-2"]
    (away,) = got.rejected
    assert away["reason"] == "the status ODD! is no step that we know"
    assert json.loads(away["content"])["OrgnlEndToEndId"] == "E2E-1"


def test_returns_cancellations_and_their_answers_are_events(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
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
def test_a_request_to_cancel_under_a_group_header_is_read_and_says_so(
    source: type[InMemory], whole: Callable[..., Whole], header: str, words: str
) -> None:
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
        (f"<RtrRsnInf>{reason('AC04', 'a')}</RtrRsnInf>", None),
        (reason("", "b") + reason("AC04", "a"), {"RtrRsnInf/AddtlInf": "b"}),
        (
            reason("AC04", "a") + reason("MS03", "b"),
            {"RtrRsnInf[2]/Rsn/Cd": "MS03", "RtrRsnInf[2]/AddtlInf": "b"},
        ),
    ],
)
def test_a_return_with_reasons_nested_or_repeated_keeps_them_all(
    source: type[InMemory], whole: Callable[..., Whole], reasons: Any, rest: Any
) -> None:
    data = returned(f"<TxInf><OrgnlEndToEndId>E9</OrgnlEndToEndId>{reasons}</TxInf>")
    (row,) = whole(payment_status.read(source(data))).rows["payment_events"]
    assert (row["reason_code"], row["original_message_id"]) == ("AC04", "M1")
    assert row["reason"] == "a"
    assert json.loads(row["remainder"] or "null") == rest


def test_the_reason_of_all_returns_counts_where_one_has_none_of_its_own(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    transactions = "<TxInf><OrgnlEndToEndId>E1</OrgnlEndToEndId></TxInf>"
    transactions += f"<TxInf><OrgnlEndToEndId>E2</OrgnlEndToEndId>{reason('AC01', 'b')}</TxInf>"
    data = returned(transactions, reason("AC06", "a"), "<NbOfTxs>2</NbOfTxs>")
    first, second = whole(payment_status.read(source(data))).rows["payment_events"]
    assert (first["reason_code"], second["reason_code"]) == ("AC06", "AC01")
    assert json.loads(first["remainder"])["GrpHdr/NbOfTxs"] == "2"
    assert json.loads(second["remainder"])["OrgnlGrpInf/RtrRsnInf/Rsn/Cd"] == "AC06"


def test_a_group_returned_whole_is_one_event(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    data = returned("", reason("AC06", "a"), "<GrpRtr>true</GrpRtr>")
    (row,) = whole(payment_status.read(source(data))).rows["payment_events"]
    assert (row["payment_id"], row["event_type"], row["reason_code"]) == ("M1", "returned", "AC06")
    with pytest.raises(RefusedError, match="nothing of any payment"):
        list(payment_status.read(source(returned("", reason("AC06", "a")))))


def test_what_a_status_says_beyond_our_columns_is_kept(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
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
