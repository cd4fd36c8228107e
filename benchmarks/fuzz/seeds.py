"""A small sound file in every format that is read: what the fuzzer begins with."""

import io
import json
import zipfile

from benchmarks.formats import statement_samples as samples

_ISO = "urn:iso:std:iso:20022:tech:xsd:"
_IBAN, _OTHER = samples.IBAN, samples.OTHER


def _document(message: str, body: str) -> bytes:
    return f'<Document xmlns="{_ISO}{message}">{body}</Document>'.encode()


def _pain001() -> bytes:
    transfers = "".join(
        f"<CdtTrfTxInf><PmtId><EndToEndId>E2E-{number}</EndToEndId></PmtId><Amt>"
        f'<InstdAmt Ccy="EUR">{number}.25</InstdAmt></Amt><Cdtr><Nm>Bob</Nm></Cdtr><CdtrAcct><Id>'
        f"<IBAN>{_OTHER}</IBAN></Id></CdtrAcct><RmtInf><Ustrd>x</Ustrd></RmtInf></CdtTrfTxInf>"
        for number in (1, 2)
    )
    return _document(
        "pain.001.001.09",
        "<CstmrCdtTrfInitn><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-01-05T09:00:00Z</CreDtTm>"
        "<NbOfTxs>2</NbOfTxs><CtrlSum>3.50</CtrlSum><InitgPty><Nm>Us</Nm></InitgPty></GrpHdr>"
        "<PmtInf><PmtInfId>B1</PmtInfId><PmtMtd>TRF</PmtMtd><BtchBookg>true</BtchBookg>"
        "<ReqdExctnDt><Dt>2026-01-06</Dt></ReqdExctnDt><Dbtr><Nm>Us</Nm></Dbtr><DbtrAcct><Id>"
        f"<IBAN>{_IBAN}</IBAN></Id></DbtrAcct>{transfers}</PmtInf></CstmrCdtTrfInitn>",
    )


def _pain002() -> bytes:
    return _document(
        "pain.002.001.10",
        "<CstmrPmtStsRpt><GrpHdr><MsgId>S1</MsgId><CreDtTm>2026-01-05T10:00:00Z</CreDtTm></GrpHdr>"
        "<OrgnlGrpInfAndSts><OrgnlMsgId>M1</OrgnlMsgId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>"
        "<OrgnlPmtInfAndSts><OrgnlPmtInfId>B1</OrgnlPmtInfId><TxInfAndSts><StsId>1</StsId>"
        "<OrgnlEndToEndId>E2E-1</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC04</Cd>"
        "</Rsn></StsRsnInf></TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt>",
    )


def _pacs008() -> bytes:
    return _document(
        "pacs.008.001.08",
        "<FIToFICstmrCdtTrf><GrpHdr><MsgId>P1</MsgId><CreDtTm>2026-01-05T11:00:00Z</CreDtTm>"
        "<NbOfTxs>1</NbOfTxs><SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr><CdtTrfTxInf>"
        "<PmtId><InstrId>I1</InstrId><EndToEndId>E2E-1</EndToEndId><TxId>T1</TxId></PmtId>"
        '<IntrBkSttlmAmt Ccy="EUR">1.25</IntrBkSttlmAmt><IntrBkSttlmDt>2026-01-06</IntrBkSttlmDt>'
        f"<Dbtr><Nm>Us</Nm></Dbtr><DbtrAcct><Id><IBAN>{_IBAN}</IBAN></Id></DbtrAcct><Cdtr><Nm>Bob"
        f"</Nm></Cdtr><CdtrAcct><Id><IBAN>{_OTHER}</IBAN></Id></CdtrAcct></CdtTrfTxInf>"
        "</FIToFICstmrCdtTrf>",
    )


def _pacs004() -> bytes:
    return _document(
        "pacs.004.001.09",
        "<PmtRtr><GrpHdr><MsgId>R1</MsgId><CreDtTm>2026-01-07T11:00:00Z</CreDtTm></GrpHdr><TxInf>"
        "<RtrId>R1-1</RtrId><OrgnlEndToEndId>E2E-1</OrgnlEndToEndId><RtrdIntrBkSttlmAmt "
        'Ccy="EUR">1.25</RtrdIntrBkSttlmAmt><RtrRsnInf><Rsn><Cd>AC04</Cd></Rsn></RtrRsnInf></TxInf>'
        "</PmtRtr>",
    )


_EVENT = {
    "event_id": "E1",
    "payment_id": "P1",
    "event_type": "initiated",
    "occurred_at": "2026-01-01T08:00:00Z",
    "amount": "12.50",
    "currency": "EUR",
    "account_id": _IBAN,
}

_ADYEN = (
    "Company Account,Merchant Account,Psp Reference,Merchant Reference,Payment Method,"
    "Creation Date,TimeZone,Type,Modification Reference,Gross Currency,Gross Debit (GC),"
    "Gross Credit (GC),Exchange Rate,Net Currency,Net Debit (NC),Net Credit (NC),"
    "Commission (NC),Markup (NC),Scheme Fees (NC),Interchange (NC),Payment Method Variant,"
    "Modification Merchant Reference,Batch Number,Reserved4\n"
    "C,M,P1,E2E-1,visa,2026-01-05 00:30:00,CET,Settled,MOD1,EUR,,10.00,1,EUR,,9.80,,0.05,0.05,0.1,"
    "visaclassic,,7,\n"
    "C,M,,,,2026-01-07 00:46:38,CET,MerchantPayout,TX1XT batch 7,,,,,EUR,9.80,,,,,,,,7,\n"
)

_STRIPE = (
    "id,amount,available_on,created,currency,description,exchange_rate,fee,net,source,status,type\n"
    "txn_1,19009,2026-05-30 00:00:00,2026-05-28 13:11:59,eur,E1,,308,18701,ch_1,available,charge\n"
    "txn_2,-500,2026-05-30 00:00:00,1779973919,jpy,E2,,0,-500,re_1,available,refund\n"
)

_STRIPE_PAYOUTS = (
    "id,amount,arrival_date,automatic,created,currency,failure_code,status,destination\n"
    "po_1,18542,2026-06-01 00:00:00,TRUE,2026-05-28 23:55:00,gbp,,in_transit,ba_1\n"
)

_PAYPAL = (
    '"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net",'
    '"From Email Address","To Email Address","Transaction ID","Reference Txn ID","Balance"\n'
    '"01/25/2026","10:00:00","PST","Ann","Website Payment","Completed","USD","1,000.00","-2.00",'
    '"998.00","a@x","b@x","T1","","998.00"\n'
    '"01/26/2026","10:00:00","PST","","General Withdrawal","Completed","USD","-900.00","0.00",'
    '"-900.00","b@x","","T2","","98.00"\n'
)

_LEDGER = (
    "book,journal_id,line_number,entity_id,account_code,bank_account_id,booking_date,value_date,"
    "posted_at,debit,credit,currency,reference,document_type\n"
    "general,J1,1,E1,1010,DE43900100774400100200,2026-05-02,2026-05-02,2026-05-02T00:50:31Z,"
    "44000.00,0.00,EUR,,opening\n"
    "general,J1,2,E1,3000,,2026-05-02,2026-05-02,2026-05-02T00:50:31Z,0.00,44000.00,EUR,,opening\n"
)


def _workbook() -> bytes:
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1">{}</row><row r="2">{}</row></sheetData></worksheet>'
    )
    cell = '<c t="inlineStr"><is><t>{}</t></is></c>'
    heading = ("account_id", "booking_date", "amount", "currency")
    values = (_IBAN, "2026-01-15", "-1.50", "EUR")
    names = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
        'package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application'
        '/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/'
        'worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships"><Relationship Id="r1" Type="{names}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/'
        f'main" xmlns:r="{names}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/'
        f'package/2006/relationships"><Relationship Id="r1" Type="{names}/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet.format(
            "".join(map(cell.format, heading)), "".join(map(cell.format, values))
        ),
    }
    return packed(parts)


def packed(parts: dict[str, str] | dict[str, bytes]) -> bytes:
    """A zip container of some files."""
    room = io.BytesIO()
    with zipfile.ZipFile(room, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return room.getvalue()


STATEMENT_SEEDS = {
    "camt": "".join(samples.camt053(3)).encode(),
    "mt940": "".join(samples.mt940(3)).encode(),
    "bai2": "".join(samples.bai2(3)).encode(),
    "ofx": "".join(samples.ofx(3)).encode(),
    "statement_csv": (
        b"account_id,booking_date,amount,currency,balance\n"
        b"DE89370400440532013000,2026-01-15,-1.50,EUR,8.50\n"
        b"DE89370400440532013000,2026-01-16,2.00,EUR,10.50\n"
    ),
}
"""Statements, under the names of their readers."""

SEEDS = {
    **STATEMENT_SEEDS,
    "pain.001": _pain001(),
    "pain.002": _pain002(),
    "pacs.008": _pacs008(),
    "pacs.004": _pacs004(),
    "events": (json.dumps(_EVENT) + "\n").encode() * 2,
    "adyen": _ADYEN.encode(),
    "stripe": _STRIPE.encode(),
    "stripe payouts": _STRIPE_PAYOUTS.encode(),
    "paypal": _PAYPAL.encode(),
    "ledger": _LEDGER.encode(),
    "workbook": _workbook(),
    "zip": packed({"a.sta": "".join(samples.mt940(2)), "b.txt": "".join(samples.bai2(2))}),
}
"""All of them, under a name for people."""
