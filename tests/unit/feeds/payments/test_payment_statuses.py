"""Statuses and reasons of ISO 20022 answers: where they stand, and that none of them is lost."""

import json
from typing import Any

import pytest

from pipelines.feeds.payments import status as payment_status
from pipelines.feeds.reading import RefusedError
from tests.unit.feeds.payments.iso_messages import document

ASSIGNED = "<Assgnmt><Id>A1</Id><CreDtTm>2026-01-07T09:00:00Z</CreDtTm></Assgnmt>"
HEADER = "<GrpHdr><MsgId>S1</MsgId><CreDtTm>2026-01-06T09:00:00Z</CreDtTm></GrpHdr>"
CUST = "<CxlStsRsnInf><Rsn><Cd>CUST</Cd></Rsn></CxlStsRsnInf>"


def rows_of(source: Any, whole: Any, message_type: str, body: str) -> list[dict[str, Any]]:
    got = whole(payment_status.read(source(document(message_type, body))))
    assert got.rejected == []
    return list(got.rows["payment_events"])


def answer(conf: str, details: str) -> str:
    return (
        f"<RsltnOfInvstgtn>{ASSIGNED}<RslvdCase><Id>C-7</Id></RslvdCase><Sts><Conf>{conf}</Conf>"
        f"</Sts>{details}</RsltnOfInvstgtn>"
    )


@pytest.mark.parametrize(
    ("conf", "step"), [("RJCR", "accepted"), ("CNCL", "cancelled"), ("PDCR", "cancelled")]
)
def test_the_answer_of_a_camt029_counts_for_all_that_it_lists(
    source: Any, whole: Any, conf: str, step: str
) -> None:
    one = f"<TxInfAndSts><OrgnlEndToEndId>E1</OrgnlEndToEndId>{CUST}</TxInfAndSts>"
    other = (
        "<TxInfAndSts><OrgnlEndToEndId>E2</OrgnlEndToEndId><TxCxlSts>RJCR</TxCxlSts></TxInfAndSts>"
    )
    body = answer(conf, f"<CxlDtls>{one}{other}</CxlDtls>")
    first, second = rows_of(source, whole, "camt.029.001.09", body)
    assert (first["event_type"], first["status"], first["reason_code"]) == (step, conf, "CUST")
    assert (second["event_type"], second["status"]) == ("accepted", "RJCR")
    assert json.loads(first["remainder"])["RslvdCase/Id"] == "C-7"


def test_an_answer_to_a_whole_message_is_one_event_and_to_no_payment_a_refusal(
    source: Any, whole: Any
) -> None:
    group = f"<OrgnlGrpInfAndSts><OrgnlMsgId>M1</OrgnlMsgId>{CUST}</OrgnlGrpInfAndSts>"
    (row,) = rows_of(
        source, whole, "camt.029.001.09", answer("RJCR", f"<CxlDtls>{group}</CxlDtls>")
    )
    assert (row["payment_id"], row["event_type"], row["reason_code"]) == ("M1", "accepted", "CUST")
    with pytest.raises(RefusedError, match="answers CNCL to the case C-7 and names no payment"):
        list(payment_status.read(source(document("camt.029.001.09", answer("CNCL", "")))))


def report(group: str, batch: str, transactions: str, of: str = "pain.001.001.09") -> str:
    return (
        f"<CstmrPmtStsRpt>{HEADER}<OrgnlGrpInfAndSts><OrgnlMsgId>M1</OrgnlMsgId><OrgnlMsgNmId>{of}"
        f"</OrgnlMsgNmId>{group}</OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>B1"
        f"</OrgnlPmtInfId>{batch}{transactions}</OrgnlPmtInfAndSts></CstmrPmtStsRpt>"
    )


def transaction(number: int, status: str = "", reason: str = "") -> str:
    told = f"<TxSts>{status}</TxSts>" if status else ""
    return (
        f"<TxInfAndSts><OrgnlInstrId>I{number}</OrgnlInstrId><OrgnlEndToEndId>E{number}"
        f"</OrgnlEndToEndId>{told}{reason}</TxInfAndSts>"
    )


def because(code: str = "", *words: str) -> str:
    coded = f"<Rsn><Cd>{code}</Cd></Rsn>" if code else ""
    said = "".join(f"<AddtlInf>{word}</AddtlInf>" for word in words)
    return f"<StsRsnInf>{coded}{said}</StsRsnInf>"


@pytest.mark.parametrize("of", ["PAIN.008.001.02", "pain.008", "urn:iso:tech:xsd:pain.008.001.08"])
def test_the_status_and_the_original_ids_stand_beside_a_reason(
    source: Any, whole: Any, of: str
) -> None:
    body = report("", "", transaction(7, "ACWC", because("DT06")), of)
    (row,) = rows_of(source, whole, "pain.002.001.10", body)
    kept = ("status", "reason_code", "instruction_id", "payment_information_id", "direction")
    assert [row[name] for name in kept] == ["ACWC", "DT06", "I7", "B1", "incoming"]
    assert row["original_message_type"] == of


@pytest.mark.parametrize("code", ["RCVC", "RVNM", "RVMC", "RVNA", "RVCM"])
def test_a_verification_of_the_payee_is_an_answer_with_its_words(
    source: Any, whole: Any, code: str
) -> None:
    group = f"<GrpSts>RVCM</GrpSts>{because('', 'The name', 'is another')}"
    (row,) = rows_of(source, whole, "pain.002.001.10", report(group, "", transaction(1, code)))
    assert (row["event_type"], row["status"], row["end_to_end_id"]) == (
        "payee_verified",
        code,
        "E1",
    )
    assert row["reason"] == "The name is another"


def test_each_transaction_takes_the_nearest_reason_and_none_is_lost(
    source: Any, whole: Any
) -> None:
    group = (
        f"<GrpSts>RJCT</GrpSts>{because('FF01', 'of the message')}<NbOfTxsPerSts>3</NbOfTxsPerSts>"
    )
    own = because("AC04", "of its own")
    body = report(group, because("DT01", "of the batch"), transaction(1, "", own) + transaction(2))
    first, second = rows_of(source, whole, "pain.002.001.10", body)
    assert (first["reason_code"], first["reason"], first["status"]) == (
        "AC04",
        "of its own",
        "RJCT",
    )
    assert (second["reason_code"], second["reason"]) == ("DT01", "of the batch")
    for row, rest in ((first, ("DT01", "FF01")), (second, ("FF01",))):
        assert all(code in row["remainder"] for code in rest)
    left = json.loads(first["remainder"])
    assert left["OrgnlGrpInfAndSts/GrpSts"] == "RJCT"
    assert left["OrgnlGrpInfAndSts/NbOfTxsPerSts"] == "3"
    other = report(group, "", transaction(1))
    (row,) = rows_of(source, whole, "pain.002.001.10", other)
    assert (row["reason_code"], row["reason"]) == ("FF01", "of the message")


TOO_MUCH = "<Rsn><Cd>AM09</Cd></Rsn><AddtlInf>too much</AddtlInf>"
ONE = "<OrgnlEndToEndId>E1</OrgnlEndToEndId>"
REJECTED = (
    f"<FIToFIPmtStsRpt>{HEADER}<OrgnlGrpInfAndSts><OrgnlMsgId>M1</OrgnlMsgId><GrpSts>RJCT</GrpSts>"
    f"<StsRsnInf>{TOO_MUCH}</StsRsnInf></OrgnlGrpInfAndSts><TxInfAndSts>{ONE}</TxInfAndSts>"
    "</FIToFIPmtStsRpt>"
)
ASKED = (
    f"<FIToFIPmtCxlReq>{ASSIGNED}<Undrlyg><OrgnlGrpInfAndCxl><OrgnlMsgId>M1</OrgnlMsgId>"
    f"<CxlRsnInf>{TOO_MUCH}</CxlRsnInf></OrgnlGrpInfAndCxl><TxInf>{ONE}</TxInf></Undrlyg>"
    "</FIToFIPmtCxlReq>"
)
ANSWERED = answer(
    "RJCR",
    "<CxlDtls><OrgnlGrpInfAndSts><OrgnlMsgId>M1</OrgnlMsgId><CxlStsRsnInf>"
    f"{TOO_MUCH}</CxlStsRsnInf></OrgnlGrpInfAndSts><TxInfAndSts>{ONE}</TxInfAndSts></CxlDtls>",
)


@pytest.mark.parametrize(
    ("message_type", "body"),
    [
        ("pacs.002.001.10", REJECTED),
        ("camt.056.001.08", ASKED),
        ("camt.029.001.09", ANSWERED),
    ],
)
def test_the_reason_of_a_whole_group_is_kept_where_it_lists_transactions(
    source: Any, whole: Any, message_type: str, body: str
) -> None:
    (row,) = rows_of(source, whole, message_type, body)
    kept = ("end_to_end_id", "original_message_id", "reason_code", "reason")
    assert [row[name] for name in kept] == ["E1", "M1", "AM09", "too much"]


def test_a_return_names_debtor_and_creditor_of_the_original(source: Any, whole: Any) -> None:
    parties = "".join(
        f"<{role}><Nm>{name}</Nm></{role}><{role}Acct><Id><IBAN>{iban}</IBAN></Id></{role}Acct>"
        for role, name, iban in (
            ("Dbtr", "Ash Mutual", "DE89370400440532013000"),
            ("Cdtr", "Bo Reed", "NL91ABNA0417164300"),
        )
    )
    body = (
        f"<PmtRtr>{HEADER}<OrgnlGrpInf><OrgnlMsgId>M1</OrgnlMsgId><OrgnlMsgNmId>pacs.008.001.08"
        "</OrgnlMsgNmId></OrgnlGrpInf><TxInf><OrgnlEndToEndId>E1</OrgnlEndToEndId><RtrChain><Dbtr>"
        "<Pty><Nm>Bo Reed</Nm></Pty></Dbtr></RtrChain>"
        f"<OrgnlTxRef>{parties}</OrgnlTxRef></TxInf></PmtRtr>"
    )
    (row,) = rows_of(source, whole, "pacs.004.001.09", body)
    assert (row["debtor_name"], row["creditor_account"]) == ("Ash Mutual", "NL91ABNA0417164300")
    assert (row["direction"], row["account_id"]) == (None, None)
    assert json.loads(row["remainder"])["RtrChain/Dbtr/Pty/Nm"] == "Bo Reed"
