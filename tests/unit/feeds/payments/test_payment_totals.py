"""What payment messages state of themselves is held: message, batch, status, each by name."""

from typing import Any

import pytest

from pipelines.feeds.payments import orders as payment_orders
from pipelines.feeds.payments import status as payment_status
from tests.unit.feeds.payments.iso_messages import document


def transfer(amount: str) -> str:
    return (
        "<CdtTrfTxInf><PmtId><EndToEndId>E</EndToEndId></PmtId>"
        f'<Amt><InstdAmt Ccy="EUR">{amount}</InstdAmt></Amt></CdtTrfTxInf>'
    )


def batch(stated: str, *amounts: str) -> str:
    inside = "".join(transfer(amount) for amount in amounts)
    return (
        f"<PmtInf><PmtInfId>P</PmtInfId><PmtMtd>TRF</PmtMtd>{stated}"
        f"<ReqdExctnDt><Dt>2026-01-05</Dt></ReqdExctnDt>{inside}</PmtInf>"
    )


def initiation(header: str, *batches: str) -> bytes:
    head = f"<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-01-05T09:00:00Z</CreDtTm>{header}</GrpHdr>"
    body = f"<CstmrCdtTrfInitn>{head}{''.join(batches)}</CstmrCdtTrfInitn>"
    return document("pain.001.001.09", body)


def held(reader: Any, data: Any) -> dict[tuple[str, str], bool]:
    parts = list(reader.read(data))
    totals = [total for part in parts for total in part.totals]
    odd = [finding.place for part in parts for finding in part.findings]
    assert odd == [total.place for total in totals if not total.holds]
    return {(total.name, total.place): total.holds for total in totals}


def test_message_and_batches_are_held_each_for_itself(source: Any) -> None:
    data = initiation(
        "<NbOfTxs>3</NbOfTxs><CtrlSum>6.00</CtrlSum>",
        batch("<NbOfTxs>2</NbOfTxs><CtrlSum>3.01</CtrlSum>", "1.00", "2.00"),
        batch("<NbOfTxs>2</NbOfTxs><CtrlSum>3</CtrlSum>", "3.00"),
        batch("<NbOfTxs>1</NbOfTxs>"),
    )
    assert held(payment_orders, source(data)) == {
        ("transactions of the batch (NbOfTxs)", "PmtInf[1]/NbOfTxs"): True,
        ("sum of the batch (CtrlSum)", "PmtInf[1]/CtrlSum"): False,
        ("transactions of the batch (NbOfTxs)", "PmtInf[2]/NbOfTxs"): False,
        ("sum of the batch (CtrlSum)", "PmtInf[2]/CtrlSum"): True,
        ("transactions of the batch (NbOfTxs)", "PmtInf[3]/NbOfTxs"): False,
        ("transactions of the message (NbOfTxs)", "GrpHdr/NbOfTxs"): True,
        ("sum of the message (CtrlSum)", "GrpHdr/CtrlSum"): True,
    }


@pytest.mark.parametrize(("text", "holds"), [("many", False), ("0003", True), ("3.0", True)])
def test_a_total_is_a_number_however_it_is_written(text: str, holds: bool, source: Any) -> None:
    data = initiation(f"<NbOfTxs>{text}</NbOfTxs>", batch("", "1", "2", "3"))
    assert list(held(payment_orders, source(data)).values()) == [holds]


def test_an_amount_that_was_turned_away_leaves_the_sum_unheld(source: Any) -> None:
    data = initiation("<NbOfTxs>2</NbOfTxs><CtrlSum>9</CtrlSum>", batch("", "1.00", "1,x"))
    assert held(payment_orders, source(data)) == {
        ("transactions of the message (NbOfTxs)", "GrpHdr/NbOfTxs"): True
    }


def test_the_settlement_total_of_a_pacs_008_is_held(source: Any) -> None:
    body = (
        "<FIToFICstmrCdtTrf><GrpHdr><MsgId>M3</MsgId><CreDtTm>2026-01-05T09:00:00Z</CreDtTm>"
        '<NbOfTxs>1</NbOfTxs><TtlIntrBkSttlmAmt Ccy="GBP">7.11</TtlIntrBkSttlmAmt></GrpHdr>'
        "<CdtTrfTxInf><PmtId><EndToEndId>E</EndToEndId></PmtId>"
        '<IntrBkSttlmAmt Ccy="GBP">7.10</IntrBkSttlmAmt></CdtTrfTxInf></FIToFICstmrCdtTrf>'
    )
    found = held(payment_orders, source(document("pacs.008.001.08", body)))
    assert list(found.values()) == [True, False]


def answer(status: str) -> str:
    return f"<TxInfAndSts><OrgnlEndToEndId>E</OrgnlEndToEndId><TxSts>{status}</TxSts></TxInfAndSts>"


def per_status(status: str, number: int) -> str:
    return (
        f"<NbOfTxsPerSts><DtldNbOfTxs>{number}</DtldNbOfTxs><DtldSts>{status}</DtldSts>"
        "</NbOfTxsPerSts>"
    )


@pytest.mark.parametrize(
    ("stated", "listed", "false"),
    [
        (per_status("RJCT", 2) + per_status("ACCP", 1), ("RJCT", "RJCT"), set()),
        (per_status("RJCT", 3), ("RJCT", "RJCT"), {"answers of one status (DtldNbOfTxs)"}),
        (per_status("RJCT", 1) + per_status("ACCP", 98), ("RJCT",), set()),
    ],
)
def test_answers_are_counted_by_their_status(
    stated: str, listed: tuple[str, ...], false: set[str], source: Any
) -> None:
    original = "<OrgnlMsgId>M</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>"
    inside = "".join(answer(status) for status in listed)
    body = (
        "<CstmrPmtStsRpt><GrpHdr><MsgId>S</MsgId><CreDtTm>2026-01-06T09:00:00Z</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts>{original}{stated}</OrgnlGrpInfAndSts>"
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>P</OrgnlPmtInfId>{stated}{inside}</OrgnlPmtInfAndSts>"
        "</CstmrPmtStsRpt>"
    )
    found = held(payment_status, source(document("pain.002.001.10", body)))
    assert {name for (name, _), holds in found.items() if not holds} == false
    assert {place.split("/")[0] for _, place in found} == {"OrgnlGrpInfAndSts", "OrgnlPmtInfAndSts"}


def test_counts_by_status_come_to_the_number_of_the_original(source: Any) -> None:
    body = (
        "<CstmrPmtStsRpt><GrpHdr><MsgId>S</MsgId><CreDtTm>2026-01-06T09:00:00Z</CreDtTm></GrpHdr>"
        "<OrgnlGrpInfAndSts><OrgnlMsgId>M</OrgnlMsgId><OrgnlNbOfTxs>4</OrgnlNbOfTxs>"
        f"{per_status('RJCT', 1)}{per_status('ACCP', 2)}</OrgnlGrpInfAndSts>"
        "<OrgnlPmtInfAndSts><OrgnlPmtInfId>P</OrgnlPmtInfId>"
        f"{answer('RJCT')}</OrgnlPmtInfAndSts></CstmrPmtStsRpt>"
    )
    found = held(payment_status, source(document("pain.002.001.10", body)))
    assert [name for (name, _), holds in found.items() if not holds] == [
        "transactions of the original (OrgnlNbOfTxs)"
    ]


def test_returns_and_their_total_are_held(source: Any) -> None:
    returned = (
        "<TxInf><OrgnlEndToEndId>E</OrgnlEndToEndId>"
        '<RtrdIntrBkSttlmAmt Ccy="EUR">5.00</RtrdIntrBkSttlmAmt></TxInf>'
    )
    body = (
        "<PmtRtr><GrpHdr><MsgId>R</MsgId><CreDtTm>2026-01-06T09:00:00Z</CreDtTm><NbOfTxs>2</NbOfTxs>"
        '<TtlRtrdIntrBkSttlmAmt Ccy="EUR">11.00</TtlRtrdIntrBkSttlmAmt></GrpHdr>'
        f"{returned}{returned}</PmtRtr>"
    )
    found = held(payment_status, source(document("pacs.004.001.09", body)))
    assert {name: holds for (name, _), holds in found.items()} == {
        "transactions of the message (NbOfTxs)": True,
        "sum of the message (TtlRtrdIntrBkSttlmAmt)": False,
    }
