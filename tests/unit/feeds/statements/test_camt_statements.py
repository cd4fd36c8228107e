"""camt statements: versions and namespaces, batches, codes, dates, reversals, charges, parts."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest

from pipelines.feeds.reading import RefusedError
from pipelines.feeds.statements.camt import reader as camt
from pipelines.feeds.statements.camt.reader import CAMT
from pipelines.feeds.statements.model import StatementReading

SPACE = "urn:iso:std:iso:20022:tech:xsd:"
ROOTS = {"053": ("BkToCstmrStmt", "Stmt"), "052": ("BkToCstmrAcctRpt", "Rpt")}
ROOTS["054"] = ("BkToCstmrDbtCdtNtfctn", "Ntfctn")


def balance(code: str, amount: str, direction: str = "CRDT", kind: str = "Cd") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><{kind}>{code}</{kind}></CdOrPrtry></Tp><Amt Ccy='EUR'>{amount}</Amt>"
        f"<CdtDbtInd>{direction}</CdtDbtInd><Dt><Dt>2026-01-15</Dt></Dt></Bal>"
    )


def entry(amount: str = "10.00", direction: str = "CRDT", more: str = "", details: str = "") -> str:
    return (
        f"<Ntry><Amt Ccy='EUR'>{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>"
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-01-15</Dt></BookgDt>{more}"
        f"<NtryDtls>{details}</NtryDtls></Ntry>"
    )


def detail(amount: str = "", more: str = "", reference: str = "E1") -> str:
    said = f"<Amt Ccy='EUR'>{amount}</Amt>" if amount else ""
    refs = f"<Refs><EndToEndId>{reference}</EndToEndId></Refs>"
    return f"<TxDtls>{refs}{said}{more}</TxDtls>"


def message(
    inside: str, *, kind: str = "053", namespace: str | None = None, prefix: str = ""
) -> bytes:
    root, record = ROOTS[kind]
    space = f"{SPACE}camt.{kind}.001.08" if namespace is None else namespace
    declared = f" xmlns='{space}'" if space else ""
    text = (
        f"<?xml version='1.0'?><Document{declared}><{root}><GrpHdr><MsgId>M</MsgId></GrpHdr>"
        f"<{record}><Id>S1</Id><CreDtTm>2026-01-16T06:00:00</CreDtTm>"
        "<Acct><Id><IBAN>DE89 3704 0044 0532 0130 00</IBAN></Id></Acct>"
        f"{inside}</{record}></{root}></Document>"
    )
    if prefix:
        text = text.replace("</", "\0").replace("<?", "\1").replace("<", f"<{prefix}:")
        text = text.replace("\0", f"</{prefix}:").replace("\1", "<?")
        text = text.replace("xmlns=", f"xmlns:{prefix}=")
    return text.encode()


@pytest.fixture
def read(source: Any) -> Any:
    def whole(data: bytes) -> tuple[list[dict[str, Any]], list[StatementReading]]:
        parts: Iterable[Any] = CAMT.read(source(data))
        readings = list(parts)
        rows = [row for part in readings for row in part.tables["statement_entries"].to_dicts()]
        return rows, readings

    return whole


@pytest.mark.parametrize("kind", ["052", "053", "054"])
@pytest.mark.parametrize("version", range(1, 14))
def test_every_version_is_read_and_named(kind: str, version: int, read: Any) -> None:
    namespace = f"{SPACE}camt.{kind}.001.{version:02d}"
    rows, parts = read(message(entry(), kind=kind, namespace=namespace))
    assert (parts[0].format, parts[0].version) == (f"camt.{kind}", f"001.{version:02d}")
    assert rows[0]["amount"] == Decimal("10.000")
    assert not parts[0].findings


@pytest.mark.parametrize("namespace", ["", "urn:swift:xsd:camt.053", f"{SPACE}camt.052.001.02"])
def test_a_wrong_namespace_is_reported_and_read(namespace: str, read: Any) -> None:
    rows, parts = read(message(entry(), namespace=namespace))
    assert len(rows) == 1
    assert [finding.code for finding in parts[0].findings] == ["namespace_wrong"]


def test_a_prefix_changes_nothing(read: Any) -> None:
    inside = entry("3.00", details=detail("1.00") + detail("2.00"))
    plain, _ = read(message(inside))
    prefixed, _ = read(message(inside, prefix="ns2"))
    assert plain == prefixed


def test_a_batch_is_exploded_and_adds_up_to_its_booking(read: Any) -> None:
    rows, _ = read(message(entry("3.00", "DBIT", details=detail("1.00") + detail("2.00"))))
    assert [row["amount"] for row in rows] == [Decimal("-1.000"), Decimal("-2.000")]
    assert {row["entry_amount"] for row in rows} == {Decimal("-3.000")}
    assert [(row["entry_index"], row["detail_index"], row["batch_size"]) for row in rows] == [
        (0, 0, 2),
        (0, 1, 2),
    ]


def test_details_that_do_not_add_up_stay_beside_one_row(read: Any) -> None:
    rows, parts = read(message(entry("4.00", details=detail("1.00") + detail("2.00"))))
    assert [row["amount"] for row in rows] == [Decimal("4.000")]
    kept = json.loads(rows[0]["remainder"])["details"]
    assert [part["amount"] for part in kept] == ["1.00", "2.00"]
    assert parts[0].findings[0].code == "batch_does_not_add_up"


def test_details_of_a_batch_take_the_currency_of_the_booking(read: Any) -> None:
    def foreign(dollars: str, euros: str) -> str:
        return (
            f"<TxDtls><Amt Ccy='USD'>{dollars}</Amt><AmtDtls><InstdAmt><Amt Ccy='USD'>{dollars}"
            f"</Amt></InstdAmt><TxAmt><Amt Ccy='EUR'>{euros}</Amt></TxAmt></AmtDtls></TxDtls>"
        )

    rows, _ = read(
        message(entry("5.00", details=foreign("3.30", "3.00") + foreign("2.20", "2.00")))
    )
    assert [row["amount"] for row in rows] == [Decimal("3.000"), Decimal("2.000")]
    assert [row["instructed_amount"] for row in rows] == [Decimal("3.300"), Decimal("2.200")]
    assert {row["instructed_currency"] for row in rows} == {"USD"}


def test_a_reversal_keeps_the_direction_it_moves_in(read: Any) -> None:
    rows, _ = read(message(entry("7.00", "DBIT", more="<RvslInd>true</RvslInd>")))
    assert (rows[0]["amount"], rows[0]["reversal"]) == (Decimal("-7.000"), True)


def test_a_return_says_why(read: Any) -> None:
    reason = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"
    rows, _ = read(message(entry(details=detail(more=reason))))
    assert rows[0]["return_reason"] == "AC04"


def test_charges_are_added_up(read: Any) -> None:
    record = "<Rcrd><Amt Ccy='EUR'>{}</Amt></Rcrd>"
    charges = f"<Chrgs>{record.format('1.25')}{record.format('0.50')}</Chrgs>"
    rows, _ = read(message(entry(more=charges)))
    assert rows[0]["charges"] == Decimal("1.750")


def test_a_proprietary_balance_and_code_are_taken(read: Any) -> None:
    code = "<BkTxCd><Prtry><Cd>NTRF</Cd></Prtry></BkTxCd>"
    inside = balance("OPBD", "0.00", kind="Prtry") + balance("CLBD", "10.00") + entry(more=code)
    rows, parts = read(message(inside))
    assert rows[0]["bank_transaction_code"] == "NTRF"
    assert [verdict.outcome for verdict in parts[0].verdicts] == ["holds"]


def test_a_date_may_come_with_its_time(read: Any) -> None:
    timed = entry().replace("<Dt>2026-01-15</Dt>", "<DtTm>2026-01-15T23:59:59.999+01:00</DtTm>")
    rows, _ = read(message(timed))
    assert rows[0]["booking_date"].isoformat() == "2026-01-15"


@pytest.mark.parametrize(("closing", "difference"), [("10.05", "0.05"), ("9.95", "-0.05")])
def test_both_signs_of_a_balance_difference_are_findings(
    closing: str, difference: str, read: Any
) -> None:
    _, parts = read(message(balance("OPBD", "0.00") + balance("CLBD", closing) + entry()))
    verdict = parts[-1].verdicts[0]
    assert (verdict.outcome, Decimal(verdict.difference)) == ("differs", Decimal(difference))
    assert "balance_differs" in [finding.code for finding in parts[-1].findings]


def test_pending_entries_do_not_count_towards_the_balance(read: Any) -> None:
    pending = entry("99.00").replace("<Cd>BOOK</Cd>", "<Cd>PDNG</Cd>")
    rows, parts = read(
        message(balance("OPBD", "0.00") + balance("CLBD", "10.00") + entry() + pending)
    )
    assert [row["status"] for row in rows] == ["BOOK", "PDNG"]
    assert parts[0].verdicts[0].outcome == "holds"


def test_what_has_no_column_stays_in_the_remainder(read: Any) -> None:
    rows, _ = read(message(entry(more="<Odd><Thing Unit='x'>1 &lt; 2</Thing></Odd>")))
    assert json.loads(rows[0]["remainder"]) == {"Odd/Thing": "1 < 2", "Odd/Thing@Unit": "x"}


def test_the_counterparty_is_never_the_account_itself(read: Any) -> None:
    own, other = "DE89370400440532013000", "GB82WEST12345698765432"
    parties = (
        f"<RltdPties><Dbtr><Pty><Nm>Them</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>{other}</IBAN></Id>"
        f"</DbtrAcct><Cdtr><Nm>Us</Nm></Cdtr><CdtrAcct><Id><IBAN>{own}</IBAN></Id></CdtrAcct>"
        "</RltdPties>"
    )
    rows, _ = read(
        message(
            entry(details=detail(more=parties))
            + entry(direction="DBIT", details=detail(more=parties))
        )
    )
    assert [row["counterparty_name"] for row in rows] == ["Them", "Them"]
    assert [row["counterparty_account"] for row in rows] == [other, other]


def test_an_amount_beyond_three_decimals_is_turned_away_with_its_words(read: Any) -> None:
    rows, parts = read(message(entry("1.2345") + entry("1.23000")))
    assert [row["amount"] for row in rows] == [Decimal("1.230")]
    assert "1.2345" in parts[0].rejected["reason"][0]


def test_a_statement_may_say_that_it_has_no_entries(read: Any) -> None:
    none = "<TxsSummry><TtlNtries><NbOfNtries>0</NbOfNtries></TtlNtries></TxsSummry>"
    assert read(message(none))[0] == []


@pytest.mark.parametrize("inside", ["", "<TxsSummry/>"])
def test_a_statement_that_says_nothing_is_refused(inside: str, read: Any) -> None:
    with pytest.raises(RefusedError, match="holds no entry"):
        read(message(inside))


def test_many_entries_come_in_parts_and_are_proved_as_a_whole(
    read: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camt, "PART_ROWS", 1_000)
    count = 5_000
    entries = entry("0.01") * count
    rows, parts = read(message(balance("OPBD", "0.00") + balance("CLBD", "50.00") + entries))
    assert len(parts) > 2
    assert [row["entry_index"] for row in rows] == list(range(count))
    verdicts = [verdict.outcome for part in parts for verdict in part.verdicts]
    assert verdicts == ["holds"]
