"""Statements of any length for the benchmark and the fuzzer, in each format, that balance."""

from collections.abc import Iterator

IBAN = "DE89370400440532013000"
OTHER = "GB82WEST12345698765432"


def cents(number: int) -> int:
    """The amount of the movement with this number; every third leaves the account."""
    return (number % 9000 * 100 + number % 100 + 1) * (-1 if number % 3 == 0 else 1)


def decimal(amount: int, mark: str = ".") -> str:
    """Cents as unsigned decimal text."""
    return f"{abs(amount) // 100}{mark}{abs(amount) % 100:02d}"


def total(count: int) -> int:
    """What the first `count` movements add up to, in cents."""
    return sum(cents(number) for number in range(count))


def _camt_balance(code: str, amount: int) -> str:
    side = "DBIT" if amount < 0 else "CRDT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{decimal(amount)}"
        f"</Amt><CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>2026-01-15</Dt></Dt></Bal>"
    )


def _camt_entry(number: int) -> str:
    amount = cents(number)
    side, party = ("DBIT", "Cdtr") if amount < 0 else ("CRDT", "Dbtr")
    return f"""
      <Ntry><NtryRef>{number}</NtryRef>
        <Amt Ccy="EUR">{decimal(amount)}</Amt><CdtDbtInd>{side}</CdtDbtInd>
        <Sts><Cd>BOOK</Cd></Sts>
        <BookgDt><Dt>2026-01-15</Dt></BookgDt><ValDt><Dt>2026-01-15</Dt></ValDt>
        <AcctSvcrRef>BR{number:010d}</AcctSvcrRef>
        <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
        <NtryDtls><TxDtls><Refs><EndToEndId>E2E-{number}</EndToEndId></Refs>
          <Amt Ccy="EUR">{decimal(amount)}</Amt><CdtDbtInd>{side}</CdtDbtInd>
          <RltdPties><{party}><Pty><Nm>Name {number}</Nm></Pty></{party}>
            <{party}Acct><Id><IBAN>{OTHER}</IBAN></Id></{party}Acct></RltdPties>
          <RmtInf><Ustrd>Invoice {number} of policy P{number % 1000}</Ustrd></RmtInf>
        </TxDtls></NtryDtls>
      </Ntry>"""


def camt053(count: int) -> Iterator[str]:
    """A camt.053.001.08 statement of `count` entries, one detail each."""
    space = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
    yield (
        f"<?xml version='1.0' encoding='UTF-8'?>\n<Document xmlns='{space}'><BkToCstmrStmt>"
        "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-01-16T06:00:00</CreDtTm></GrpHdr><Stmt><Id>S1</Id>"
        f"<ElctrncSeqNb>1</ElctrncSeqNb><CreDtTm>2026-01-16T06:00:00</CreDtTm><Acct><Id><IBAN>{IBAN}"
        "</IBAN></Id><Ccy>EUR</Ccy></Acct>"
    )
    yield _camt_balance("OPBD", 0) + _camt_balance("CLBD", total(count))
    for number in range(count):
        yield _camt_entry(number)
    yield "</Stmt></BkToCstmrStmt></Document>\n"


def mt940(count: int) -> Iterator[str]:
    """An MT940 statement of `count` movements with structured details."""
    yield f":20:STARTUMS\r\n:25:{IBAN}\r\n:28C:1/1\r\n:60F:C260114EUR0,00\r\n"
    for number in range(count):
        amount = cents(number)
        mark = "D" if amount < 0 else "C"
        yield (
            f":61:2601150115{mark}{decimal(amount, ',')}NTRFNONREF//BR{number}\r\n"
            f":86:166?00TRANSFER?20EREF+E2E-{number}?21SVWZ+Invoice {number} of policy\r\n"
            f"?30COBADEFFXXX?31{OTHER}?32Name {number}\r\n"
        )
    closing = total(count)
    yield f":62F:{'D' if closing < 0 else 'C'}260115EUR{decimal(closing, ',')}\r\n-\r\n"


def bai2(count: int) -> Iterator[str]:
    """A BAI2 file of one account with `count` transactions and right control totals."""
    closing = total(count)
    yield "01,122099999,123456789,260116,0600,1,80,,2/\n"
    yield "02,031001234,122099999,1,260115,2359,USD,2/\n"
    yield f"03,0123456789,USD,010,0,,,015,{closing},,/\n"
    for number in range(count):
        code = 475 if cents(number) < 0 else 195
        amount = abs(cents(number))
        yield f"16,{code},{amount},Z,BR{number},E2E-{number},Invoice {number} of policy/\n"
    whole = closing + sum(abs(cents(number)) for number in range(count))
    yield f"49,{whole},{count + 2}/\n98,{whole},1,{count + 4}/\n99,{whole},1,{count + 6}/\n"


def ofx(count: int) -> Iterator[str]:
    """An OFX 2 file of one account with `count` transactions."""
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211" '
        'SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n<OFX><SIGNONMSGSRSV1><SONRS>'
        "<STATUS><CODE>0</CODE><SEVERITY>INFO</SEVERITY></STATUS>"
        "<DTSERVER>20260116060000</DTSERVER><LANGUAGE>ENG</LANGUAGE></SONRS></SIGNONMSGSRSV1>"
        "<BANKMSGSRSV1><STMTTRNRS><TRNUID>1</TRNUID><STATUS><CODE>0</CODE>"
        "<SEVERITY>INFO</SEVERITY></STATUS><STMTRS><CURDEF>USD</CURDEF><BANKACCTFROM>"
        "<BANKID>12345</BANKID><ACCTID>0123456789</ACCTID><ACCTTYPE>CHECKING</ACCTTYPE>"
        "</BANKACCTFROM><BANKTRANLIST><DTSTART>20260115</DTSTART><DTEND>20260115</DTEND>\n"
    )
    for number in range(count):
        amount = cents(number)
        kind, sign = ("DEBIT", "-") if amount < 0 else ("CREDIT", "")
        yield (
            f"<STMTTRN><TRNTYPE>{kind}</TRNTYPE><DTPOSTED>20260115120000</DTPOSTED><TRNAMT>{sign}"
            f"{decimal(amount)}</TRNAMT><FITID>F{number}</FITID><NAME>Name {number}</NAME>"
            f"<MEMO>Invoice {number} of policy</MEMO></STMTTRN>\n"
        )
    closing = total(count)
    yield (
        f"</BANKTRANLIST><LEDGERBAL><BALAMT>{'-' if closing < 0 else ''}{decimal(closing)}</BALAMT>"
        "<DTASOF>20260115</DTASOF></LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
    )
