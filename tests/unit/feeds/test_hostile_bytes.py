"""Whatever happens to a file on its way, a reader reads it or refuses it."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.feeds import berka
from pipelines.feeds.contract_tables import csv as tabular
from pipelines.feeds.payments import events as payment_events
from pipelines.feeds.payments import orders as payment_orders
from pipelines.feeds.payments import status as payment_status
from pipelines.feeds.reading import REJECTED, RefusedError
from pipelines.feeds.settlements import adyen, paypal
from pipelines.feeds.settlements import stripe_api as stripe
from pipelines.feeds.settlements.tabular import reader as settlement_csv
from quality.contract import contract
from tests.unit.feeds.conftest import InMemory, Whole

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"
_EVENT = {"event_id": "E", "payment_id": "P", "event_type": "settled", "amount": "1.5"}
WHOLE_FILES = {
    "tabular": (
        tabular.FORMATS,
        (
            b"rate_date,base_currency,quote_currency,rate\n"
            b'2026-01-05,EUR,GBP,0.86\n2026-01-06,"EUR",USD,1.1\n'
        ),
    ),
    "berka": (
        berka.FORMATS,
        (
            b'"order_id";"account_id";"bank_to";"account_to";"amount";"k_symbol"\r\n'
            b'29401;1;"YZ";"87144583";2452.00;"SIPO"\r\n29402;2;"ST";"8";3372.70;" "\r\n'
        ),
    ),
    "stripe": (
        stripe.FORMATS,
        (
            b"id,amount,available_on,created,currency,description,fee,net,source,type\n"
            b"t1,1050,2026-01-07,2026-01-05 10:00:00,eur,E2E-1,50,1000,ch_1,charge\n"
        ),
    ),
    "adyen": (
        adyen.FORMATS,
        (
            b"Company Account,Merchant Account,Psp Reference,Merchant Reference,Payment Method,"
            b"Creation Date,TimeZone,Type,Modification Reference,Gross Currency,Gross Debit (GC),"
            b"Gross Credit (GC),Exchange Rate,Net Currency,Net Debit (NC),Net Credit (NC),"
            b"Commission (NC),Markup (NC),Scheme Fees (NC),Interchange (NC),"
            b"Payment Method Variant,Batch Number\n"
            b"C,M,P,E,visa,2026-01-05 00:30:00,CET,Settled,R,EUR,,9.00,1,EUR,,8.90,,,,,v,7\n"
            b"C,M,,,,2026-01-06 00:30:00,CET,MerchantPayout,TX1 batch 7,,,,,EUR,8.90,,,,,,,7\n"
        ),
    ),
    "paypal": (
        paypal.FORMATS,
        (
            b"Date,Time,TimeZone,Type,Currency,Gross,Fee,Net,Transaction ID,Reference Txn ID\n"
            b'25/07/2016,01:47:56,PDT,Currency Conversion,USD,"-1,400.00",0.00,"-1,400.00",T2,T1\n'
            b'25/07/2016,01:47:56,PDT,Currency Conversion,EUR,"1,240.00",0.00,"1,240.00",T3,T1\n'
        ),
    ),
    "profile": (
        settlement_csv.FORMATS,
        b"Transaction ID;Date;Gross;Fee;Net;Currency\nt1;31.01.2026 10:00;1,00;0,50;0,50;eur\n",
    ),
    "events": (
        payment_events.FORMATS,
        json.dumps({**_EVENT, "occurred_at": "2026-01-05T00:00:00Z"}).encode() + b"\n",
    ),
    "pain.001": (
        payment_orders.FORMATS,
        f'<Document xmlns="{_NAMESPACE}pain.001.001.09"><CstmrCdtTrfInitn><GrpHdr><MsgId>M</MsgId>'
        "<CreDtTm>2026-01-05T09:00:00Z</CreDtTm><NbOfTxs>1</NbOfTxs></GrpHdr><PmtInf>"
        "<ReqdExctnDt><Dt>2026-01-06</Dt></ReqdExctnDt><CdtTrfTxInf><PmtId><EndToEndId>E"
        '</EndToEndId></PmtId><Amt><InstdAmt Ccy="EUR">1.5</InstdAmt></Amt></CdtTrfTxInf>'
        "</PmtInf></CstmrCdtTrfInitn></Document>".encode(),
    ),
    "pain.002": (
        payment_status.FORMATS,
        f'<Document xmlns="{_NAMESPACE}pain.002.001.10"><CstmrPmtStsRpt><GrpHdr><MsgId>S</MsgId>'
        "<CreDtTm>2026-01-05T09:00:00Z</CreDtTm></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>M"
        "</OrgnlMsgId></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><TxInfAndSts><OrgnlEndToEndId>E"
        "</OrgnlEndToEndId><TxSts>ACSC</TxSts></TxInfAndSts></OrgnlPmtInfAndSts>"
        "</CstmrPmtStsRpt></Document>".encode(),
    ),
}
PIECES = (
    b"\0",
    b'"',
    b"\n",
    b"\r",
    b";",
    b",",
    b"\xff",
    b"<",
    b"&x;",
    b"{",
    b"9" * 40,
    b"\xe2\x82",
)


PLACES = st.integers(0, 100) | st.integers(0, 700)
"""How many bytes before the end: often in the last rows, anywhere in the file at times."""

HARM = st.lists(
    st.tuples(PLACES, st.integers(0, 12), st.sampled_from(PIECES) | st.binary(max_size=4)),
    min_size=1,
    max_size=4,
)
"""Where, how many bytes are lost there, and what stands in their place."""

LOST = st.just(0) | PLACES
"""Bytes that are cut off from the end."""


def harmed(data: bytes, harm: list[tuple[int, int, bytes]], cut: int) -> bytes:
    for place, lost, put in harm:
        start = len(data) - min(place, len(data))
        data = data[:start] + put + data[start + lost :]
    return data[: max(len(data) - cut, 0)]


@pytest.mark.parametrize("kind", WHOLE_FILES)
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(harm=HARM, cut=LOST)
def test_a_harmed_file_is_read_or_refused_and_keeps_its_shape(
    source: type[InMemory], kind: Any, harm: Any, cut: Any
) -> None:
    formats, sound = WHOLE_FILES[kind]
    data = harmed(sound, harm, cut)
    for known in formats:
        if not known.recognises(data, "file"):
            continue
        with suppress(RefusedError):
            for reading in known.read(source(data, "file")):
                assert dict(reading.rejected.schema) == dict(REJECTED)
                for table, rows in reading.tables.items():
                    place = ["source_path", "source_row"]
                    assert list(rows.columns[:-2]) == list(contract(table).schema)
                    assert sorted(rows.columns[-2:]) == place


@pytest.mark.parametrize("kind", WHOLE_FILES)
def test_the_sound_file_is_read_without_a_rejected_row(
    source: type[InMemory], whole: Callable[..., Whole], kind: Any
) -> None:
    formats, sound = WHOLE_FILES[kind]
    (known,) = [one for one in formats if one.recognises(sound, "file")]
    got = whole(known.read(source(sound, "file")))
    assert got.rejected == []
    assert any(got.rows.values())
