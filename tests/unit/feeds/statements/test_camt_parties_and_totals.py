"""camt: who stands on the other side, what entry and detail say apart, what a statement states."""

import json
from decimal import Decimal
from typing import Any

import pytest

from pipelines.feeds.statements.camt.reader import CAMT
from pipelines.feeds.statements.canonical_json import statement_objects
from tests.unit.feeds.statements.test_camt_statements import detail, entry, message

OWN, OTHER = "DE89370400440532013000", "NL91ABNA0417164300"
RETURNED = "<RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf>"
REVERSAL = "<RvslInd>true</RvslInd>"


def parties(debtor: tuple[str, str], creditor: tuple[str, str]) -> str:
    said = ""
    for role, (name, account) in (("Dbtr", debtor), ("Cdtr", creditor)):
        said += f"<{role}><Pty><Nm>{name}</Nm></Pty></{role}>" if name else ""
        said += f"<{role}Acct><Id><IBAN>{account}</IBAN></Id></{role}Acct>" if account else ""
    return f"<RltdPties>{said}</RltdPties>"


@pytest.fixture
def rows(source: Any) -> Any:
    def of(*entries: str, more: str = "") -> list[dict[str, Any]]:
        parts = list(CAMT.read(source(message("".join(entries) + more))))
        return [row for part in parts for row in part.tables["statement_entries"].to_dicts()]

    return of


US, PAULA = ("Our Insurance Ltd", ""), ("Paula Payer", OTHER)


@pytest.mark.parametrize(
    ("direction", "mark", "debtor", "creditor"),
    [
        ("DBIT", REVERSAL, PAULA, US),
        ("DBIT", RETURNED, PAULA, US),
        ("DBIT", REVERSAL + RETURNED, PAULA, US),
        ("DBIT", RETURNED, PAULA, ("Our Insurance Ltd", OWN)),
        ("DBIT", RETURNED, ("Paula Payer", ""), US),
        ("CRDT", REVERSAL, US, PAULA),
        ("CRDT", RETURNED, ("Our Insurance Ltd", OWN), PAULA),
        ("CRDT", RETURNED, ("Our Insurance Ltd", ""), ("Paula Payer", "")),
        ("DBIT", RETURNED, ("Our Insurance Ltd", OWN), PAULA),  # a bank that turns the roles
        ("DBIT", "", ("Our Insurance Ltd", OWN), PAULA),
        ("DBIT", "", ("Our Insurance Ltd", "0532013000"), ("Paula Payer", "")),
        ("CRDT", "", PAULA, US),
        ("DBIT", "", PAULA, ("Our Insurance Ltd", OWN)),
        ("DBIT", "", PAULA, US),  # an account that is not the statement's is never ours
        ("CRDT", "", US, PAULA),
    ],
)
def test_a_returned_payment_keeps_the_roles_of_the_original(
    direction: str, mark: str, debtor: Any, creditor: Any, rows: Any
) -> None:
    reversal, returned = (part if part in mark else "" for part in (REVERSAL, RETURNED))
    inside = detail(more=parties(debtor, creditor) + returned)
    (row,) = rows(entry(direction=direction, more=reversal, details=inside))
    other = debtor if debtor[0] == "Paula Payer" else creditor
    assert (row["counterparty_name"], row["counterparty_account"]) == (other[0], other[1] or None)
    assert json.loads(row["remainder"])["our_name"] == "Our Insurance Ltd"


def test_where_neither_account_is_the_statements_nobody_is_us(rows: Any) -> None:
    inside = detail(more=parties(PAULA, ("Third", "FR7630006000011234567890189")))
    (row,) = rows(entry(details=inside))
    assert row["counterparty_account"] == OTHER
    said = json.loads(row["remainder"])
    assert said == {"creditor_name": "Third", "creditor_account": "FR7630006000011234567890189"}


REFERENCE = "<Refs><AcctSvcrRef>DETAIL</AcctSvcrRef></Refs><AddtlTxInf>detail text</AddtlTxInf>"
OF_ENTRY = "<AcctSvcrRef>ENTRY</AcctSvcrRef>"
TEXT = "<AddtlNtryInf>entry text</AddtlNtryInf>"


def test_what_an_entry_says_is_kept_when_its_detail_says_otherwise(rows: Any) -> None:
    inside = f"<TxDtls>{REFERENCE}</TxDtls>"
    (row,) = rows(entry(more=OF_ENTRY, details=inside).replace("</Ntry>", f"{TEXT}</Ntry>"))
    assert (row["bank_reference"], row["additional_information"]) == ("ENTRY", "entry text")
    kept = json.loads(row["remainder"])
    assert kept == {"detail_reference": "DETAIL", "detail_information": "detail text"}


def test_what_only_one_of_them_says_is_taken_and_said_once(rows: Any) -> None:
    (row,) = rows(entry(details=f"<TxDtls>{REFERENCE}</TxDtls>"))
    assert (row["bank_reference"], row["additional_information"]) == ("DETAIL", "detail text")
    same = OF_ENTRY.replace("ENTRY", "DETAIL")
    (row,) = rows(entry(more=same, details=f"<TxDtls>{REFERENCE}</TxDtls>"))
    assert (row["bank_reference"], row["remainder"]) == ("DETAIL", None)


def test_each_detail_of_a_batch_has_its_own_reference_and_the_entrys_beside_it(
    rows: Any, source: Any
) -> None:
    inside = "".join(
        f"<TxDtls><Refs><AcctSvcrRef>D{n}</AcctSvcrRef></Refs><Amt Ccy='EUR'>5.00</Amt></TxDtls>"
        for n in (1, 2)
    )
    batch = entry(more=OF_ENTRY, details=inside)
    found = rows(batch)
    assert [row["bank_reference"] for row in found] == ["D1", "D2"]
    assert [json.loads(row["remainder"])["entry_reference"] for row in found] == ["ENTRY"] * 2
    whole = source(message(batch))
    (said,) = statement_objects(whole, CAMT.read(whole))
    assert said["entries"][0]["bank_reference"] == "ENTRY"


NET = "<TtlNetNtry><Amt>6.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></TtlNetNtry>"
CODE = "<BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd>"
TWO = entry("10.00") + entry("4.00", "DBIT")


def summary(inside: str) -> str:
    return f"<TxsSummry>{inside}</TxsSummry>"


def failing(source: Any, inside: str) -> set[str]:
    parts = list(CAMT.read(source(message(inside))))
    totals = [total for part in parts for total in part.totals]
    assert totals
    codes = {finding.code for part in parts for finding in part.findings}
    assert all(total.holds for total in totals) is not any("differs" in code for code in codes)
    return {total.name for total in totals if not total.holds}


@pytest.mark.parametrize(
    ("inside", "false"),
    [
        ("<TtlNtries><NbOfNtries>2</NbOfNtries><Sum>14.00</Sum></TtlNtries>", ""),
        ("<TtlNtries><NbOfNtries>2</NbOfNtries><Sum>6.00</Sum></TtlNtries>", ""),
        ("<TtlNtries><NbOfNtries>3</NbOfNtries></TtlNtries>", "number of entries"),
        ("<TtlNtries><Sum>14.01</Sum></TtlNtries>", "sum of entries"),
        ("<TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>10</Sum></TtlCdtNtries>", ""),
        ("<TtlCdtNtries><Sum>11.00</Sum></TtlCdtNtries>", "sum of credit entries"),
        ("<TtlDbtNtries><NbOfNtries>0</NbOfNtries></TtlDbtNtries>", "number of debit entries"),
        (
            "<TtlNtries><TtlNetNtryAmt>6.00</TtlNetNtryAmt><CdtDbtInd>CRDT</CdtDbtInd></TtlNtries>",
            "",
        ),
        (
            f"<TtlNtries>{NET}</TtlNtries>",
            "net of entries",
        ),
        (
            f"<TtlNtriesPerBkTxCd><NbOfNtries>1</NbOfNtries>{CODE}</TtlNtriesPerBkTxCd>",
            "number of entries",
        ),
    ],
)
def test_what_a_statement_states_of_its_entries_is_held(
    inside: str, false: str, source: Any
) -> None:
    found = failing(source, summary(inside) + TWO)
    assert {name.split(" (")[0] for name in found} == ({false} if false else set())
    assert failing(source, TWO + summary(inside)) == found  # wherever it stands


def test_the_summary_of_all_pages_is_not_that_of_one(source: Any) -> None:
    page = "<StmtPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></StmtPgntn>"
    inside = "<TtlNtries><NbOfNtries>9</NbOfNtries></TtlNtries>"
    parts = list(CAMT.read(source(message(page + summary(inside) + TWO))))
    assert [total for part in parts for total in part.totals] == []


@pytest.mark.parametrize(
    ("batch", "amounts", "false"),
    [
        ("<NbOfTxs>2</NbOfTxs><TtlAmt Ccy='EUR'>10.00</TtlAmt>", ("4.00", "6.00"), set()),
        ("<NbOfTxs>3</NbOfTxs>", ("4.00", "6.00"), {"transactions of a batch (Btch/NbOfTxs)"}),
        ("<TtlAmt Ccy='EUR'>9.00</TtlAmt>", ("4.00", "6.00"), {"sum of a batch (Btch/TtlAmt)"}),
        ("<TtlAmt Ccy='EUR'>9.00</TtlAmt>", (), {"sum of a batch (Btch/TtlAmt)"}),
        ("<TtlAmt Ccy='EUR'>10.00</TtlAmt>", (), set()),
        ("<NbOfTxs>1</NbOfTxs><TtlAmt Ccy='EUR'>10.00</TtlAmt>", ("10.00",), set()),
    ],
)
def test_what_an_entry_states_of_its_batch_is_held(
    batch: str, amounts: tuple[str, ...], false: set[str], source: Any
) -> None:
    details = f"<Btch>{batch}</Btch>" + "".join(detail(amount) for amount in amounts)
    assert failing(source, entry(details=details)) == false


def test_a_batch_of_which_one_detail_stands_for_all_states_nothing_that_can_be_held(
    source: Any,
) -> None:
    details = f"<Btch><NbOfTxs>20</NbOfTxs></Btch>{detail('10.00')}"
    parts = list(CAMT.read(source(message(entry(details=details)))))
    assert [total for part in parts for total in part.totals] == []
    (row,) = [row for part in parts for row in part.tables["statement_entries"].to_dicts()]
    assert json.loads(row["remainder"]) == {"batch_transactions": "20"}


def test_an_entry_that_its_details_do_not_come_to_is_a_total_that_fails(source: Any) -> None:
    details = detail("1.00") + detail("2.00")
    parts = list(CAMT.read(source(message(entry("4.00", details=details)))))
    (total,) = [total for part in parts for total in part.totals]
    assert (total.stated, total.counted, total.holds) == (Decimal("4.00"), Decimal("3.00"), False)
