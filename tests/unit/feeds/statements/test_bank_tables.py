"""Downloads as tables: preambles, pending rows, payers and payees, and proposals that fit."""

from typing import Any

import pytest

from pipelines.feeds.parsing.numbers import bare_number
from pipelines.feeds.reading import RefusedError
from pipelines.feeds.statements.tabular.fees import less_fee
from pipelines.feeds.statements.tabular.profile import StatementProfile, parse_statement_profile
from pipelines.feeds.statements.tabular.reader import STATEMENT_CSV, statement_tables
from tests.unit.feeds.statements.statements_read import codes_of, entries_of

IBAN, OTHER = "DE89370400440532013000", "DE25500105175414349334"
ING = (
    f"Umsatzanzeige;Datei erstellt am: 07.01.2026\n\nIBAN;{IBAN[:4]} {IBAN[4:8]} {IBAN[8:]}\n"
    "Bank;ING\n\nSaldo;990,00;EUR\n\n"
    "Buchung;Wertstellungsdatum;Auftraggeber/Empfänger;Buchungstext;Verwendungszweck;Saldo;"
    "Währung;Betrag;Währung\n"
    "06.01.2026;06.01.2026;Shop;Lastschrift;Rechnung 7;990,00;EUR;-10,00;EUR\n"
    "05.01.2026;05.01.2026;Boss;Gehalt;Lohn;1.000,00;EUR;1.000,00;EUR\n"
)
DKB = (
    f'"Girokonto";"{IBAN}"\n""\n"Buchungsdatum";"Wertstellung";"Status";"Zahlungspflichtige*r";'
    '"Zahlungsempfänger*in";"Verwendungszweck";"Umsatztyp";"IBAN";"Betrag (€)"\n'
    f'"06.01.26";"06.01.26";"Gebucht";"Me";"Shop";"R";"Ausgang";"{OTHER}";"-1.010,50 €"\n'
    f'"05.01.26";"05.01.26";"Vorgemerkt";"Boss";"Me";"L";"Eingang";"{OTHER}";"20"\n'
)


def test_the_account_may_stand_above_the_table(read: Any) -> None:
    parts = read(STATEMENT_CSV, ING.encode())
    assert [row["account_id"] for row in entries_of(parts)] == [IBAN, IBAN]
    (verdict,) = parts[0].verdicts
    assert (verdict.outcome, verdict.opening, verdict.closing) == ("holds", "0.00", "990.00")


def test_two_accounts_above_a_table_are_none(read: Any) -> None:
    with pytest.raises(RefusedError, match="names no account"):
        read(STATEMENT_CSV, ING.replace("Bank;ING", f"Gegenkonto;{OTHER}").encode())


def test_pending_rows_do_not_count_and_the_sign_tells_the_other_side(read: Any) -> None:
    shop, boss = entries_of(read(STATEMENT_CSV, DKB.encode()))
    assert (shop["counterparty_name"], shop["status"]) == ("Shop", "BOOK")
    assert (boss["counterparty_name"], boss["status"]) == ("Boss", "PDNG")
    assert str(shop["amount"]) == "-1010.500"


def test_a_remark_under_the_table_is_told(read: Any) -> None:
    parts = read(STATEMENT_CSV, f"{ING};;;Ende der Liste;;;;;\n".encode())
    assert codes_of(parts) == ["row_without_movement"]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("$1,234.50", "1,234.50"),
        ("-£5.25", "-5.25"),
        ("€ -5,25", "-5,25"),
        ("-217,71 PLN", "-217,71"),
        ("(20.00)", "-20.00"),
        ("1'000.00", "1000.00"),
        ("\u22125,00", "-5,00"),
        ("12.50-", "12.50-"),
        ("abc", "abc"),
    ],
)
def test_a_currency_around_a_number_is_no_part_of_it(written: str, number: str) -> None:
    assert bare_number(written) == number


TABLES = {
    "partner": (
        "Booking Date,Value Date,Partner Name,Partner Iban,Payment Reference,Amount (EUR),"
        f"Original Currency\n2026-01-05,,Shop,{OTHER},Invoice 7,-10.00,USD\n"
        f"2026-01-06,,Boss,{OTHER},Wages,20.00,USD\n"
    ),
    "direction": (
        f"Konto;Datum;Omschrijving;Bedrag;CreditDebet\n{IBAN};05-01-2026;Invoice 7;10,00;D\n"
        f"{IBAN};06-01-2026;Wages;20,00;C\n"
    ),
    "two columns": (
        "Data contabile;Data valuta;Descrizione;Addebiti;Accrediti\n"
        "05/01/2026;05/01/2026;Invoice 7;-10,00;\n13/01/2026;13/01/2026;Wages;;20,00\n"
    ),
    "state": (
        "Started Date,Completed Date,Description,Amount,Currency,State\n"
        "2026-01-04 09:00:00,2026-01-05 10:00:00,Invoice 7,-10.00,EUR,COMPLETED\n"
        "2026-01-06 09:00:00,2026-01-06 10:00:00,Wages,20.00,EUR,PENDING\n"
    ),
    "dollars": (
        "Date,Type,Description,Withdrawal,Deposit,RunningBalance\n"
        "01/05/2026,ACH,Invoice 7,$10.00,,$90.00\n01/16/2026,ACH,Wages,,$20.00,$110.00\n"
    ),
    "dotted": (
        "Könyvelés dátuma;Terhelés;Jóváírás;Közlemény\n"
        "2026.01.05.;10,00;;Invoice 7\n2026.01.16.;;20,00;Wages\n"
    ),
}


@pytest.fixture
def proposed(read: Any) -> Any:
    """The profile proposed for a table, and what is read by it of this or another table."""

    def propose(table: str, then: str = "") -> tuple[StatementProfile, list[Any]]:
        with pytest.raises(RefusedError, match="No column profile") as refused:
            read(STATEMENT_CSV, table.encode())
        profile = parse_statement_profile(refused.value.advice.partition("\n")[2])
        return profile, read(statement_tables((profile,)), (then or table).encode())

    return propose


@pytest.mark.parametrize("kind", TABLES)
def test_a_proposal_reads_its_table_with_the_right_signs(kind: str, proposed: Any) -> None:
    profile, parts = proposed(TABLES[kind])
    rows = entries_of(parts)
    assert [float(row["amount"]) for row in rows] == [-10, 20]
    assert [row["remittance"] for row in rows] == ["Invoice 7", "Wages"]
    assert str(rows[0]["booking_date"]) == "2026-01-05"
    assert rows[1]["status"] == ("PDNG" if kind == "state" else "BOOK")
    assert profile.name == "file"


def test_the_other_sides_account_is_not_proposed_as_ours(proposed: Any) -> None:
    profile, _ = proposed(TABLES["partner"])
    assert profile.columns["counterparty_account"] == ("Partner Iban",)
    assert "account_id" not in profile.columns
    assert "currency" not in profile.columns


def test_a_date_that_fits_two_ways_is_told(read: Any) -> None:
    table = "Date,Description,Amount\n01/05/2026,A,-10.00\n01/06/2026,B,20.00\n"
    with pytest.raises(RefusedError) as refused:
        read(STATEMENT_CSV, table.encode())
    assert "may also be %m/%d/%Y" in refused.value.advice


BESIDE = (
    "Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance\n"
    "TOPUP,Current,2026-01-04 09:00:00,2026-01-05 10:00:00,Wages,100.00,0.00,EUR,COMPLETED,100.00\n"
    "ATM,Current,2026-01-06 09:00:00,2026-01-06 10:00:00,Cash,-20.00,1.50,EUR,COMPLETED,78.50\n"
    "FEE,Current,2026-01-07 09:00:00,2026-01-07 10:00:00,Plan,0.00,7.99,EUR,COMPLETED,70.51\n"
)


def test_a_fee_beside_the_amount_moves_with_it(proposed: Any) -> None:
    profile, parts = proposed(BESIDE)
    rows = entries_of(parts)
    assert profile.columns["fee"] == ("Fee",)
    assert [(float(row["amount"]), float(row["charges"])) for row in rows] == [
        (100, 0),
        (-21.5, 1.5),
        (-7.99, 7.99),
    ]
    assert [row["credit_debit"] for row in rows] == ["CRDT", "DBIT", "DBIT"]
    (verdict,) = parts[0].verdicts
    assert (verdict.outcome, verdict.opening, verdict.closing) == ("holds", "0.00", "70.51")


def test_a_fee_that_the_balances_already_hold_is_not_proposed(proposed: Any) -> None:
    inside = BESIDE.replace("78.50", "80.00").replace("70.51", "80.00")
    profile, parts = proposed(inside)
    rows = entries_of(parts)
    assert "fee" not in profile.columns
    assert [float(row["amount"]) for row in rows] == [100, -20, 0]
    assert '"Fee": "1.50"' in rows[1]["remainder"]


def test_a_fee_that_is_no_number_turns_its_row_away(proposed: Any) -> None:
    _, parts = proposed(BESIDE, then=BESIDE.replace("1.50", "some"))
    (away,) = [row for part in parts for row in part.rejected.iter_rows(named=True)]
    assert "charges" in away["reason"]


@pytest.mark.parametrize(
    ("amount", "fee", "moved"),
    [
        ("-20.00", "1.50", "-21.50"),
        ("-20.00", "-1.50", "-18.50"),
        ("1", "2", "-1"),
        ("123456789012345.12345678901234567890", "1", "123456789012344.12345678901234567890"),
        ("x", "1", "x"),
        ("1", "x", "1"),
    ],
)
def test_what_moves_is_the_amount_less_the_fee(amount: str, fee: str, moved: str) -> None:
    assert less_fee(amount, fee) == moved
