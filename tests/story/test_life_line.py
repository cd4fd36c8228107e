"""A payment's life told by the messages of banks alone: ordered, answered, settled, returned.

Six transfers go out in one pain.001. The bank accepts the message, refuses one of them, settles
some (told by UETR), sends one back, and is asked to cancel two. The statement says what moved.
"""

import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.lake.lake import Lake

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"
OURS = "DE89370400440532013000"
AMOUNTS = {"PAID": 100, "REFUSED": 200, "BACK": 300, "STOPPED": 400, "KEPT": 500, "LOST": 600}


def document(message: str, body: str) -> str:
    return f'<?xml version="1.0"?><Document xmlns="{NAMESPACE}{message}">{body}</Document>'


def header(name: str, moment: str) -> str:
    return f"<GrpHdr><MsgId>{name}</MsgId><CreDtTm>{moment}</CreDtTm>"


def ordered() -> str:
    transfers = "".join(
        f"<CdtTrfTxInf><PmtId><EndToEndId>{name}</EndToEndId><UETR>u-{name}</UETR></PmtId>"
        f'<Amt><InstdAmt Ccy="EUR">{amount}.00</InstdAmt></Amt><Cdtr><Nm>{name}</Nm></Cdtr>'
        "</CdtTrfTxInf>"
        for name, amount in AMOUNTS.items()
    )
    return document(
        "pain.001.001.09",
        f"<CstmrCdtTrfInitn>{header('M1', '2026-01-05T09:00:00Z')}<NbOfTxs>{len(AMOUNTS)}</NbOfTxs>"
        "</GrpHdr><PmtInf><PmtInfId>B1</PmtInfId><PmtMtd>TRF</PmtMtd><ReqdExctnDt><Dt>2026-01-06"
        f"</Dt></ReqdExctnDt><DbtrAcct><Id><IBAN>{OURS}</IBAN></Id></DbtrAcct>{transfers}"
        "</PmtInf></CstmrCdtTrfInitn>",
    )


def answered() -> dict[str, str]:
    original = "<OrgnlMsgId>M1</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>"
    return {
        "accepted.xml": document(
            "pain.002.001.10",
            f"<CstmrPmtStsRpt>{header('S1', '2026-01-05T10:00:00Z')}</GrpHdr><OrgnlGrpInfAndSts>"
            f"{original}<GrpSts>ACCP</GrpSts></OrgnlGrpInfAndSts></CstmrPmtStsRpt>",
        ),
        "refused.xml": document(
            "pain.002.001.10",
            f"<CstmrPmtStsRpt>{header('S2', '2026-01-05T11:00:00Z')}</GrpHdr><OrgnlGrpInfAndSts>"
            f"{original}</OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>B1</OrgnlPmtInfId>"
            "<TxInfAndSts><OrgnlEndToEndId>REFUSED</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf>"
            "<Rsn><Cd>AC04</Cd></Rsn></StsRsnInf></TxInfAndSts></OrgnlPmtInfAndSts>"
            "</CstmrPmtStsRpt>",
        ),
        "settled.xml": document(
            "pacs.002.001.10",
            f"<FIToFIPmtStsRpt>{header('S3', '2026-01-06T08:00:00Z')}</GrpHdr>"
            + "".join(
                f"<TxInfAndSts><OrgnlUETR>u-{name}</OrgnlUETR><TxSts>ACSC</TxSts></TxInfAndSts>"
                for name in ("PAID", "BACK")
            )
            + "</FIToFIPmtStsRpt>",
        ),
        "returned.xml": document(
            "pacs.004.001.09",
            f"<PmtRtr>{header('R1', '2026-01-08T09:00:00Z')}</GrpHdr><TxInf><OrgnlEndToEndId>BACK"
            '</OrgnlEndToEndId><RtrdIntrBkSttlmAmt Ccy="EUR">300.00</RtrdIntrBkSttlmAmt>'
            "<RtrRsnInf><Rsn><Cd>AC01</Cd></Rsn></RtrRsnInf></TxInf></PmtRtr>",
        ),
        "to-cancel.xml": document(
            "camt.056.001.08",
            "<FIToFIPmtCxlReq><Assgnmt><Id>A1</Id><CreDtTm>2026-01-05T12:00:00Z</CreDtTm></Assgnmt>"
            "<Undrlyg>"
            + "".join(
                f"<TxInf><OrgnlEndToEndId>{name}</OrgnlEndToEndId><CxlRsnInf><Rsn><Cd>DUPL</Cd>"
                "</Rsn></CxlRsnInf></TxInf>"
                for name in ("STOPPED", "KEPT")
            )
            + "</Undrlyg></FIToFIPmtCxlReq>",
        ),
        "not-cancelled.xml": document(
            "camt.029.001.09",
            "<RsltnOfInvstgtn><Assgnmt><Id>A2</Id><CreDtTm>2026-01-05T15:00:00Z</CreDtTm></Assgnmt>"
            "<CxlDtls><TxInfAndSts><OrgnlEndToEndId>KEPT</OrgnlEndToEndId><TxCxlSts>RJCR</TxCxlSts>"
            "</TxInfAndSts></CxlDtls></RsltnOfInvstgtn>",
        ),
    }


def stated() -> str:
    def balance(code: str, amount: str, day: str) -> str:
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
            f'<Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>'
        )

    entries = "".join(
        f'<Ntry><Amt Ccy="EUR">{AMOUNTS[name]}.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK'
        "</Cd></Sts><BookgDt><Dt>2026-01-06</Dt></BookgDt><ValDt><Dt>2026-01-06</Dt></ValDt>"
        f"<BkTxCd/><NtryDtls><TxDtls><Refs><EndToEndId>{name}</EndToEndId></Refs></TxDtls>"
        "</NtryDtls></Ntry>"
        for name in ("PAID", "BACK")
    )
    return document(
        "camt.053.001.08",
        f"<BkToCstmrStmt>{header('C1', '2026-01-06T20:00:00Z')}</GrpHdr><Stmt><Id>1</Id>"
        "<ElctrncSeqNb>1</ElctrncSeqNb><CreDtTm>2026-01-06T20:00:00Z</CreDtTm>"
        f"<Acct><Id><IBAN>{OURS}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"{balance('OPBD', '1000.00', '2026-01-06')}{balance('CLBD', '600.00', '2026-01-06')}"
        f"{entries}</Stmt></BkToCstmrStmt>",
    )


@pytest.fixture(scope="module")
def payments(run_command: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The rows of fct_payments a fortnight later, by end-to-end id."""
    room = tmp_path_factory.mktemp("messages")
    sent = room / "sent"
    sent.mkdir()
    files = {"order.xml": ordered(), "statement.xml": stated(), **answered()}
    for name, text in files.items():
        (sent / name).write_text(text, "utf-8")
    command = run_command(room / "lake", sent, "--as-of", "2026-01-20")
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-3000:]
    rows = Lake(Path(room / "lake")).read("gold/fct_payments").collect()
    return {row["end_to_end_id"]: row for row in rows.iter_rows(named=True)}


def test_each_order_is_one_payment(payments: dict[str, Any]) -> None:
    assert {name: int(row["amount"]) for name, row in payments.items()} == AMOUNTS
    assert {row["direction"] for row in payments.values()} == {"outgoing"}


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("PAID", "banked"),
        ("REFUSED", "rejected"),
        ("BACK", "returned"),
        ("STOPPED", "cancelled"),
        ("KEPT", "accepted"),
        ("LOST", "accepted"),
    ],
)
def test_what_became_of_it(payments: dict[str, Any], name: str, state: str) -> None:
    assert payments[name]["state"] == state


def test_every_step_has_its_moment(payments: dict[str, Any]) -> None:
    paid = payments["PAID"]
    assert paid["initiated_at"].isoformat() == "2026-01-05T09:00:00+00:00"
    assert paid["accepted_at"].isoformat() == "2026-01-05T10:00:00+00:00"
    assert paid["settled_at"].isoformat() == "2026-01-06T08:00:00+00:00"
    assert paid["banked_at"].date() == date(2026, 1, 6)
    assert payments["BACK"]["returned_at"].date() == date(2026, 1, 8)
    assert payments["REFUSED"]["rejected_at"].hour == 11


def test_the_stuck_ones_are_named_with_the_hours_they_have_waited(payments: dict[str, Any]) -> None:
    assert {name for name, row in payments.items() if row["is_stuck"]} == {"KEPT", "LOST"}
    assert payments["LOST"]["hours_in_state"] == pytest.approx(15 * 24 + 14, abs=1)
    assert not payments["PAID"]["is_stuck"]
