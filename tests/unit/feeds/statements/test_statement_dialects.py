"""How other banks write the same statement: a credit of 10.00 on the 15th of January 2026."""

from decimal import Decimal
from typing import Any

import pytest

from pipelines.feeds.formats import FORMATS
from pipelines.feeds.reading import RefusedError
from pipelines.feeds.statements.canonical_json import statement_objects
from pipelines.inspection.file_report import recognised

IBAN = "DE89370400440532013000"
HEAD = f":20:STARTUMS\r\n:25:{IBAN}\r\n:28C:1/1\r\n:60F:C260114EUR0,00\r\n"
LINE = ":61:2601150115C10,00NTRFNONREF//B1\r\n"
FOOT = ":62F:C260115EUR10,00\r\n"

SWIFT: dict[str, str | bytes] = {
    "no :86:": HEAD + LINE + FOOT + "-\r\n",
    "within FIN blocks": "{1:F01BANKDEFFAXXX0000000000}{2:I940CUSTDEFFXXXXN}{3:{108:X}}{4:\r\n"
    f"{HEAD}{LINE}{FOOT}-}}{{5:{{CHK:1}}}}\r\n",
    "several lines behind :61:": f"{HEAD}{LINE}/OCMT/EUR10,00/\r\nmore\r\n:86:a\r\nb\r\n{FOOT}",
    "available balances": f"{HEAD}{LINE}{FOOT}:64:C260115EUR10,00\r\n:65:C260116EUR10,00\r\n-\r\n",
    "a negative zero": HEAD.replace("C260114", "D260114") + LINE + FOOT,
    "pages": (HEAD + LINE + FOOT).replace("60F", "60M").replace("62F", "62M"),
    "no currency in :60F:": HEAD.replace("EUR0,00", "0,00") + LINE + FOOT,
    "a mark in small letters": HEAD + LINE.replace("C10", "c10") + FOOT,
    "funds code": HEAD + LINE.replace("C10", "CR10") + FOOT,
    "no :20:": (HEAD + LINE + FOOT).removeprefix(":20:STARTUMS\r\n"),
    "a bank's own header": f"ABNANL2A\r\n940\r\nABNANL2A\r\n{HEAD}{LINE}{FOOT}-\r\n",
    "no type, no reference": HEAD + ":61:2601150115C10,00\r\n" + FOOT,
    "a point for the comma": HEAD + LINE.replace("10,00", "10.00") + FOOT,
    "lines end with LF": (HEAD + LINE + FOOT).replace("\r\n", "\n"),
    "lines end with CR": (HEAD + LINE + FOOT).replace("\r\n", "\r"),
    "UTF-16": (HEAD + LINE + FOOT).encode("utf-16"),
    "a byte order mark": (HEAD + LINE + FOOT).encode("utf-8-sig"),
    "blank lines": "\r\n\r\n" + HEAD + "\r\n" + LINE + "\r\n" + FOOT,
    "a bank code before the account": HEAD.replace(IBAN, "BANKDEFF/1234567890EUR") + LINE + FOOT,
    "a text about the account": HEAD + ":NS:22Account text\r\n" + LINE + FOOT,
}


def camt(entry: str = "", *, space: str = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08") -> str:
    balances = "".join(
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{amount}</Amt>'
        "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-15</Dt></Dt></Bal>"
        for code, amount in (("OPBD", "0.00"), ("CLBD", "10.00"))
    )
    return (
        f'<Document xmlns="{space}"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt>'
        f"<Id>S1</Id><Acct><Id><IBAN>{IBAN}</IBAN></Id><Ccy>EUR</Ccy></Acct>{balances}<Ntry>"
        '<Amt Ccy="EUR">10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt>'
        f"<Dt>2026-01-15</Dt></BookgDt>{entry}</Ntry></Stmt></BkToCstmrStmt></Document>"
    )


_TWO = (
    "<NtryDtls><TxDtls><AmtDtls><InstdAmt><Amt Ccy='USD'>5</Amt></InstdAmt><TxAmt><Amt Ccy='EUR'>"
    "4.00</Amt></TxAmt></AmtDtls></TxDtls><TxDtls><AmtDtls><TxAmt><Amt Ccy='EUR'>6.00</Amt></TxAmt>"
    "</AmtDtls></TxDtls></NtryDtls>"
)
XML: dict[str, str | bytes] = {
    "another namespace": camt(space="urn:swift:xsd:$camt.053.001.02"),
    "no namespace": camt().replace(' xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"', ""),
    "prefixes": camt().replace("xmlns=", "xmlns:n=").replace("<", "<n:").replace("<n:/", "</n:"),
    "UTF-16 without a word of it": camt().encode("utf-16"),
    "a byte order mark": camt().encode("utf-8-sig"),
    "an empty currency": camt().replace('<Ntry><Amt Ccy="EUR">', '<Ntry><Amt Ccy="">'),
    "an empty currency of the account": camt().replace("<Ccy>EUR</Ccy>", "<Ccy></Ccy>"),
    "no status": camt().replace("<Sts><Cd>BOOK</Cd></Sts>", ""),
    "a status of old": camt().replace("<Cd>BOOK</Cd>", "BOOK"),
    "details in two currencies": camt(_TWO),
    "details of the entry twice": camt(
        _TWO.replace("</TxDtls><TxDtls>", "</TxDtls></NtryDtls><NtryDtls><TxDtls>")
    ),
    "details within details": camt(
        "<NtryDtls><TxDtls><TxDtls><Refs/></TxDtls></TxDtls></NtryDtls>"
    ),
    "five decimals": camt().replace(
        "10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>",
        "10.00000</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>",
    ),
    "blank text around": camt().replace("CRDT", " \n CRDT\t"),
}


def bai2(transaction: str, account: str = "03,0123456789,USD,010,0,,/", lines: int = 3) -> str:
    return (
        "01,122099999,123456789,260116,0600,1,80,,2/\n02,031001234,122099999,1,260115,2359,USD,2/\n"
        f"{account}\n{transaction}\n49,1000,{lines}/\n98,1000,1,{lines + 2}/\n"
        f"99,1000,1,{lines + 4}/\n"
    )


BAI2: dict[str, str | bytes] = {
    "no amounts in the account": bai2("16,195,1000,Z,BR1,E1,Inv/", "03,0123456789,USD/"),
    "nothing but the account": bai2("16,195,1000,,BR1,E1,Inv/", "03,0123456789,,/"),
    "a continuation within a field": bai2("16,195,1000,Z,BR\n88,123,E2E-1,Invo\n88,ice/", lines=5),
    "funds by availability": bai2("16,195,1000,S,500,300,200,BR1,E1,Inv/"),
    "funds by value date": bai2("16,195,1000,V,260117,1200,BR1,E1,Inv/"),
    "funds over days": bai2("16,195,1000,D,2,0,600,1,400,BR1,E1,Inv/"),
    "a slash within text": bai2("16,195,1000,Z,BR1,E1,Inv a/b, c/"),
    "no slash": bai2("16,195,1000,Z,BR1,E1,Inv"),
    "blanks behind the slash": bai2("16,195,1000,Z,BR1,E1,Inv/   ").replace("\n", "  \r\n"),
    "years in full": bai2("16,195,1000,Z,BR1,E1,Inv/").replace(",2601", ",202601"),
    "an amount and no more": bai2("16,195,1000/"),
    "leading zeros": bai2("16,195,000000001000,Z,BR1,E1,Inv/"),
}


def table(*rows: str) -> str:
    return "\n".join(rows) + "\n"


TABLES: dict[str, str | bytes] = {
    "semicolons and decimal commas": table(
        "account_id;booking_date;amount;currency", f"{IBAN};2026-01-15;10,00;EUR"
    ),
    "a name of the bank above": table(
        "My bank", "", "account_id;booking_date;amount;currency", f"{IBAN};2026-01-15;10.00;EUR"
    ),
    "UTF-16 with tabs": table(
        "account_id\tbooking_date\tamount\tcurrency", f"{IBAN}\t2026-01-15\t10.00\tEUR"
    ).encode("utf-16"),
    "a line end within quotes": table(
        "account_id,booking_date,amount,currency,remittance", f'{IBAN},2026-01-15,10.00,EUR,"a\nb"'
    ),
}
CASES = [(name, data) for cases in (SWIFT, XML, BAI2, TABLES) for name, data in cases.items()]


@pytest.mark.parametrize(("name", "data"), CASES, ids=[name for name, _ in CASES])
def test_ten_are_ten_however_the_bank_writes_it(name: str, data: str | bytes, source: Any) -> None:
    waiting = source(data if isinstance(data, bytes) else data.encode(), name)
    (said,) = statement_objects(waiting, recognised(waiting, FORMATS).read(waiting))
    booked = [entry for entry in said["entries"] if entry["status"] == "BOOK"]
    assert [(Decimal(entry["amount"]), entry["booking_date"]) for entry in booked] == [
        (Decimal(10), "2026-01-15")
    ]
    assert {entry["currency"] for entry in booked} == {said["account"]["currency"] or "EUR"}
    assert said["balance_control"]["outcome"] in ("holds", "not_stated")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (
            b":20:A\r\n:25:DE89370400440532013000\r\n:28C:1\r\n-\r\n",
            "no entry and states no balance",
        ),
        (b"account_id,booking_date,amount,currency\n", "no entry and states no balance"),
        (
            f"account_id;booking_date;amount;currency\n{IBAN};2026-01-15;1,50;EUR\n"
            f"{IBAN};2026-01-16;1,234.56;EUR\n".encode(),
            "different decimal marks",
        ),
    ],
)
def test_what_says_nothing_or_two_things_is_refused(data: bytes, reason: str, source: Any) -> None:
    waiting = source(data, "file")
    with pytest.raises(RefusedError, match=reason):
        list(recognised(waiting, FORMATS).read(waiting))
