"""The canonical statement from every format: equal rows from equal statements, odd files read."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.feeds.statements.bai2 import BAI2
from pipelines.feeds.statements.camt.reader import CAMT
from pipelines.feeds.statements.canonical_json import statement_objects
from pipelines.feeds.statements.model import is_iban
from pipelines.feeds.statements.mt940 import MT940
from pipelines.feeds.statements.mt940.accounts import is_bic
from pipelines.feeds.statements.mt940.lines import movement, plain_amount
from tests.unit.feeds.statements.statements_read import codes_of, entries_of

IBAN, OTHER = "DE89370400440532013000", "GB82WEST12345698765432"
SHARED = [
    "account_id",
    "account_scheme",
    "entry_index",
    "detail_index",
    "batch_size",
    "amount",
    "currency",
    "entry_amount",
    "credit_debit",
    "reversal",
    "status",
    "booking_date",
    "value_date",
    "entry_reference",
    "bank_reference",
    "end_to_end_id",
    "counterparty_name",
    "counterparty_account",
    "counterparty_agent",
    "remittance",
]

MOVEMENTS = [
    ("C", "1000.00", False, "NONREF", "BR1", "E2E-1", "Ada Lovelace", "Policy 7, January"),
    ("D", "12.34", False, "NONREF", "BR2", "E2E-2", "Grace Hopper", "Claim 9"),
    ("D", "0.50", True, "CUST3", "BR3", "E2E-3", "Mary Shelley", "Returned collection"),
    ("C", "99999999.99", False, "NONREF", "BR4", "E2E-4", "Jane Austen", "Loan 5 / part 2"),
]


def swift(mark: str, amount: str, *, turned: bool) -> str:
    sign = {"C": "RD", "D": "RC"}[mark] if turned else mark
    return f"{sign}{amount.replace('.', ',')}"


def as_mt940() -> bytes:
    lines = [":20:ST1", f":25:{IBAN}", ":28C:7/1", ":60F:C260114EUR100,00"]
    for mark, amount, turned, reference, bank, ours, name, text in MOVEMENTS:
        lines.append(f":61:2601150115{swift(mark, amount, turned=turned)}NTRF{reference}//{bank}")
        lines.append(f":86:166?00X?20EREF+{ours}?21SVWZ+{text}?30COBADEFFXXX?31{OTHER}?32{name}")
    lines += [":62F:C260115EUR101087,15".replace("101087,15", "100001087,15"), "-", ""]
    return "\r\n".join(lines).encode()


def as_camt() -> bytes:
    entries = []
    for mark, amount, turned, reference, bank, ours, name, text in MOVEMENTS:
        side = "CRDT" if mark == "C" else "DBIT"
        who = "Dbtr" if mark == "C" else "Cdtr"
        entries.append(
            f"<Ntry><NtryRef>{reference}</NtryRef><Amt Ccy='EUR'>{amount}</Amt>"
            f"<CdtDbtInd>{side}</CdtDbtInd><RvslInd>{str(turned).lower()}</RvslInd><Sts>BOOK</Sts>"
            "<BookgDt><Dt>2026-01-15</Dt></BookgDt><ValDt><Dt>2026-01-15</Dt></ValDt>"
            f"<AcctSvcrRef>{bank}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>{ours}"
            f"</EndToEndId></Refs><RltdPties><{who}><Nm>{name}</Nm></{who}><{who}Acct><Id><IBAN>"
            f"{OTHER}</IBAN></Id></{who}Acct></RltdPties><RltdAgts><{who}Agt><FinInstnId><BICFI>"
            f"COBADEFFXXX</BICFI></FinInstnId></{who}Agt></RltdAgts><RmtInf><Ustrd>{text}</Ustrd>"
            "</RmtInf></TxDtls></NtryDtls></Ntry>"
        )
    balances = "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{amount}</Amt>"
        f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
        for code, amount, day in (
            ("OPBD", "100.00", "2026-01-14"),
            ("CLBD", "100001087.15", "2026-01-15"),
        )
    )
    return (
        "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'><BkToCstmrStmt><Stmt>"
        f"<Id>ST1/7/1</Id><Acct><Id><IBAN>{IBAN}</IBAN></Id><Ccy>EUR</Ccy></Acct>{balances}"
        f"{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def test_mt940_and_camt_of_one_statement_give_equal_rows(read: Any) -> None:
    from_swift, from_camt = read(MT940, as_mt940()), read(CAMT, as_camt())
    ours = [{name: row[name] for name in SHARED} for row in entries_of(from_swift)]
    theirs = [{name: row[name] for name in SHARED} for row in entries_of(from_camt)]
    assert ours == theirs
    assert len(ours) == len(MOVEMENTS)
    for parts in (from_swift, from_camt):
        assert parts[0].verdicts[0].outcome == "holds"
    kept = ["account_id", "balance_type", "amount", "currency", "balance_date"]
    kept += ["from_date", "to_date"]
    tables = [parts[0].tables["statement_balances"] for parts in (from_swift, from_camt)]
    assert tables[0].select(kept).rows() == tables[1].select(kept).rows()


def test_json_gives_one_object_per_statement_with_the_agreed_names(source: Any) -> None:
    waiting = source(as_camt(), "a.xml")
    said = list(statement_objects(waiting, CAMT.read(waiting)))
    assert len(said) == 1
    assert said[0]["source"] == {"file": "a.xml", "format": "camt.053", "version": "001.08"}
    assert said[0]["account"]["id"] == IBAN
    assert said[0]["opening"] == {
        "amount": "100.00",
        "currency": "EUR",
        "date": "2026-01-14",
        "type": "OPBD",
    }
    names = [
        "amount",
        "currency",
        "booking_date",
        "value_date",
        "reference",
        "bank_reference",
        "end_to_end_id",
        "counterparty_name",
        "counterparty_account",
        "bank_transaction_code",
        "remittance",
        "reversal",
        "status",
        "details",
    ]
    assert set(names) <= set(said[0]["entries"][0])
    assert said[0]["entries"][1]["amount"] == "-12.34"
    assert json.loads(json.dumps(said)) == said


@pytest.mark.parametrize(
    ("text", "amount", "booked"),
    [
        ("2602300301DR6,00N024NONREF", "-6.00", "2026-03-01"),
        ("2512310102C1,NTRFX", "1", "2026-01-02"),
        ("2601021231RD5,5NTRFX", "5.5", "2025-12-31"),
        ("260115    RC000000000001,62NTRFX", "-1.62", "2026-01-15"),
    ],
)
def test_swift_lines_are_read_in_their_variants(text: str, amount: str, booked: str) -> None:
    read = movement(text)
    assert (read.amount, read.booking_date) == (amount, booked)


def test_references_beyond_sixteen_places_stay_whole() -> None:
    assert movement("260115D1,00NTRFABCDEFGHIJKLMNOPQRSTUV").customer_reference == (
        "ABCDEFGHIJKLMNOPQRSTUV"
    )
    padded = movement("260115D1,00NTRF0121470966      W.P. Jansen")
    assert (padded.customer_reference, padded.supplement) == ("0121470966", "W.P. Jansen")


def test_a_constant_swift_identity_is_told_apart_by_its_day(read: Any) -> None:
    text = as_mt940().replace(b":28C:7/1", b":28C:00000")
    assert entries_of(read(MT940, text))[0]["statement_id"] == "ST1/00000/2026-01-14/100.00"


@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_any_swift_amount_is_read_exactly(amount: Decimal) -> None:
    assert Decimal(plain_amount(f"{amount:f}".replace(".", ","))) == amount
    assert Decimal(plain_amount(f"{amount:f}".replace(".", ",").zfill(18))) == amount


BAI_HEAD = "01,SENDER,RECEIVER,260116,0600,1,80,,2/\n02,RECEIVER,BANK,1,260115,2359,{ccy},2/\n"


def bai(body: str, ccy: str = "USD") -> bytes:
    return (BAI_HEAD.format(ccy=ccy) + body).encode()


WHOLE = (
    "03,12345,,010,10000,,,015,15050,,/\n"
    "16,195,5050,Z,BR1,E1,INVOICE 7/\n49,30100,3/\n98,30100,1,5/\n99,30100,1,7/\n"
)
CUT = (
    "03,12345,,010/\n88,10000,,,0\n88,15,15050,,/   \n"
    "16,195,5050,Z/\n88,BR1,E1/\n88,INVOICE 7/\n49,30100,7/ \n98,30100,1,9/\n99,,1,/\n"
)


def test_continuations_cut_anywhere_say_the_same(read: Any) -> None:
    whole, cut = read(BAI2, bai(WHOLE)), read(BAI2, bai(CUT))
    assert [part.verdicts[0].outcome for part in (*whole, *cut)] == ["holds", "holds"]
    kept = ("amount", "bank_reference", "entry_reference", "remittance", "currency")
    rows = [[row[name] for name in kept] for row in entries_of(whole)]
    assert rows == [[row[name] for name in kept] for row in entries_of(cut)]
    assert codes_of(whole) == []
    assert set(codes_of(cut)) == {"control_total_blank"}


@pytest.mark.parametrize("wrong", ["49,30101,3/", "49,30099,3/", "49,30100,4/"])
def test_a_wrong_control_total_is_a_finding(wrong: str, read: Any) -> None:
    parts = read(BAI2, bai(WHOLE.replace("49,30100,3/", wrong)))
    assert codes_of(parts) == ["control_total_differs"]
    assert len(entries_of(parts)) == 1


@pytest.mark.parametrize(("ccy", "amount"), [("JPY", "5050"), ("KWD", "5.050"), ("USD", "50.50")])
def test_amounts_count_the_smallest_unit_of_their_currency(
    ccy: str, amount: str, read: Any
) -> None:
    assert entries_of(read(BAI2, bai(WHOLE, ccy)))[0]["amount"] == Decimal(amount)


def test_only_account_numbers_that_check_are_ibans() -> None:
    assert is_iban(IBAN)
    assert not is_iban(IBAN[:-1] + "1")
    assert not is_iban("1234567890123456")
    assert is_iban("DZ580002100001113000000570")  # of a country outside the registry


def test_a_word_in_capitals_is_not_a_bic() -> None:
    assert is_bic("COBADEFFXXX")
    assert not is_bic("Cobadeff")
    assert not is_bic("RECHTSXX")  # there is no country TS
