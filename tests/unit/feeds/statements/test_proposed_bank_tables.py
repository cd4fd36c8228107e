"""Tables that no profile fits: a proposal that reads them, or none where they are no statement."""

from typing import Any

import pytest

from pipelines.feeds.reading import RefusedError
from pipelines.feeds.statements.tabular.profile import parse_statement_profile
from pipelines.feeds.statements.tabular.propose import guess, proposal
from pipelines.feeds.statements.tabular.reader import STATEMENT_CSV, statement_tables
from pipelines.feeds.statements.tabular.sheet import head_rows
from pipelines.feeds.unknown import refusal
from tests.unit.feeds.statements.statements_read import codes_of, entries_of

HUNGARIAN = (
    "Könyvelés dátuma,Tranzakció azonosító,Típus,Könyvelési számla,Partner neve,Összeg,Devizanem,"
    "Közlemény\n2026.03.02,TR-1,Átutalás,11700000-00000001,Fenyő Kft,-12500,HUF,számla 12\n"
    "2026.03.03,TR-2,Jóváírás,11700000-00000001,Tölgy Bt,250000,HUF,bérleti díj\n"
)
IN_OUT = (
    "Date;Description;Interestdate;In;Out;\n27.02.2026;Småsparing;27.02.2026;;-50,00;\n"
    "28.02.2026;Lønn;28.02.2026;31 250,00;;\n"
)
BALANCE_ROWS = (
    '"Account","Kind","Date","Payee","Text","Amount","Currency","D/K"\n'
    '"LT121","10","2025-03-01","","Opening balance","100.00","EUR","K"\n'
    '"LT121","20","2025-03-01","Shop A","Food","15.00","EUR","D"\n'
    '"LT121","20","2025-03-02","Boss","Salary","50.00","EUR","K"\n'
    '"LT121","82","2025-03-02","","Turnover","15.00","EUR","D"\n'
    '"LT121","86","2025-03-02","","Closing balance","135.00","EUR","K"\n'
)
MONZO = (
    "id,created,amount,currency,description\ntx_1,2025-02-25 12:34:56 +0000,-10.50,GBP,Grocer\n"
    "tx_2,2025-02-26 08:00:00 +0000,25.00,GBP,Refund\n"
)
SIGN_WORDS = (
    "Date,Label,Amount,D/C,Balance,Account\n2025-03-01,Rent,33.50,D,66.50,DE89370400440532013000\n"
    "2025-03-02,Correction,-10.00,C,76.50,DE89370400440532013000\n"
)
POLISH = (
    "Data księgowania;Data waluty;Nadawca / Odbiorca;Tytuł;Kwota;Waluta;Saldo\n"
    "02-03-2026;02-03-2026;Sklep;zakupy;-12,50;PLN;87,50\n"
    "03-03-2026;03-03-2026;Firma;pensja;1 000,00;PLN;1 087,50\n"
)
NORWEGIAN = (
    "Dato;Forklaring;Rentedato;Ut fra konto;Inn på konto\n27.02.2026;Kjøp;27.02.2026;50,00;\n"
    "28.02.2026;Lønn;28.02.2026;;1.000,00\n"
)
SPANISH = (
    "Fecha;Fecha valor;Concepto;Cargo;Abono;Divisa;Saldo\n"
    "02/03/2026;02/03/2026;Recibo;12,50;;EUR;87,50\n13/03/2026;13/03/2026;Nómina;;50,00;EUR;137,50\n"
)


@pytest.fixture
def by_proposal(read: Any) -> Any:
    """The table as its own proposal reads it, and that proposal."""

    def of(text: str, encoding: str = "utf-8") -> tuple[list[Any], Any]:
        data = text.encode(encoding)
        with pytest.raises(RefusedError) as refused:
            read(STATEMENT_CSV, data)
        written = str(refused.value).split("look it through:\n")[1]
        written = written.replace("THE ACCOUNT'S IBAN OR NUMBER", "ACC-1")
        profile = parse_statement_profile(written.replace("THE CURRENCY'S CODE", "XXX"))
        return read(statement_tables((profile,)), data), profile

    return of


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
@pytest.mark.parametrize(
    ("text", "moved", "currency"),
    [
        (HUNGARIAN, ["-12500.000", "250000.000"], "HUF"),
        (IN_OUT, ["-50.000", "31250.000"], "XXX"),
        (MONZO, ["-10.500", "25.000"], "GBP"),
        (SIGN_WORDS, ["-33.500", "10.000"], "XXX"),
        (POLISH, ["-12.500", "1000.000"], "PLN"),
        (NORWEGIAN, ["-50.000", "1000.000"], "XXX"),
        (SPANISH, ["-12.500", "50.000"], "EUR"),
        (BALANCE_ROWS, ["-15.000", "50.000"], "EUR"),
    ],
)
def test_a_proposal_reads_its_table(
    text: str, moved: list[str], currency: str, encoding: str, by_proposal: Any
) -> None:
    parts, _ = by_proposal(text, encoding)
    rows = entries_of(parts)
    assert [str(row["amount"]) for row in rows] == moved
    assert {row["currency"] for row in rows} == {currency}
    assert all(row["booking_date"] for row in rows)
    assert all((row["amount"] < 0) == (row["credit_debit"] == "DBIT") for row in rows)


def test_rows_that_tell_a_balance_or_a_turnover_move_nothing(by_proposal: Any) -> None:
    parts, _ = by_proposal(BALANCE_ROWS)
    assert codes_of(parts) == ["balance_row"] * 3
    (verdict,) = parts[0].verdicts
    assert (verdict.outcome, verdict.opening, verdict.closing) == ("holds", "100.00", "135.00")


def test_a_purchase_at_a_shop_called_total_is_a_movement_and_a_total_line_is_held(
    by_proposal: Any,
) -> None:
    table = "Date,Payee,Amount,Currency\n2026-03-01,TOTAL,-50.00,EUR\n2026-03-02,Boss,80.00,EUR\n"
    parts, _ = by_proposal(f"{table},Total,31.00,EUR\n")
    assert [str(row["amount"]) for row in entries_of(parts)] == ["-50.000", "80.000"]
    (total,) = parts[0].totals
    assert (str(total.stated), str(total.counted), total.holds) == ("31.00", "30.00", False)
    assert "total_line_differs" in codes_of(parts)


def test_an_account_is_no_column_of_dates_and_the_holder_no_counterparty(by_proposal: Any) -> None:
    text = (
        "kaartnummer;naam;datum verrichting;datum verrekening;bedrag;munt\n"
        "1111222233334444;J DOE;01/02/2025;03/02/2025;-16,52;EUR\n"
        "1111222233334444;J DOE;24/02/2025;25/02/2025;-20,00;EUR\n"
    )
    _, profile = by_proposal(text)
    columns = {name: said[0] for name, said in profile.columns.items()}
    assert (columns["booking_date"], columns["value_date"]) == (
        "datum verrichting",
        "datum verrekening",
    )
    assert not {"account_id", "counterparty_name"} & columns.keys()


def test_a_fee_that_no_balance_proves_is_not_taken_off(by_proposal: Any) -> None:
    rows = "".join(
        f"2025-03-{n:02d},{n},Dividend,0.00,1.00,{100 + n}.00,ACC1\n" for n in range(1, 14)
    )
    table = f"Date,Id,Description,Commission,Amount,Balance,Account\n{rows}"
    parts, profile = by_proposal(f"{table}2025-03-20,99,Sell,7.95,92.05,205.05,ACC1\n")
    assert "fee" not in profile.columns
    assert str(entries_of(parts)[-1]["amount"]) == "92.050"
    assert parts[-1].verdicts[0].outcome == "holds"


@pytest.mark.parametrize(
    "text",
    [
        "18.09.2025;Shop A;18.09.2025;-33,87;EUR;;\n19.09.2025;Shop B;19.09.2025;-12,00;EUR;;\n",
        "2025-09-18,Shop A,-33.87\n2025-09-19,Boss,1500.00\n",
        "09/18/2025\tShop\t(33.87)\n09/19/2025\tBoss\t1,500.00\n",
    ],
)
def test_a_table_of_movements_without_headings_is_named_as_that(text: str) -> None:
    refused = refusal(text.encode(), "download.csv")
    assert "table of movements without headings" in refused.reason
    assert "countinghouse init" in refused.advice


OTHERS = {
    "claims": "Claims Register,,,\n\nClaim Number,Insured Account,Loss Date,Total Paid,Ccy\n"
    'C1,A1,04/03/2025,"2,057.79",GBP\n',
    "receipts with lines above": "Export of receipts\nCreated 2026-07-02\n\n"
    "receipt_id,obligation_type,obligation_id,received_date,amount,currency,channel,description\n"
    "R1,premium,P1,2026-07-01,10.00,EUR,bank,paid\n",
    "journal items": "Date,Number,Journal,Account,Partner,Label,Debit,Credit,Currency\n"
    "2026-01-05,INV/1,Customer Invoices,121000 Receivable,Acme,Invoice,2954.12,0.0,EUR\n",
    "general ledger report": "Acme Inc,,,,,\nGeneral Ledger,,,,,\n\n"
    ",Date,Transaction Type,Name,Split,Amount,Balance\n,01/05/2026,Bill,Shop,Rent,-10.00,90.00\n",
    "policies": "Policy Number,Period Start,Total Cost,Currency,Description\n"
    "P1,01/01/2025,1190.95,usd,Auto\n",
    "loan schedule": "loanId,dueDate,principalDue,amount,balance\nL1,2026-12-15,500.00,3.75,9.00\n",
    "payouts": "Payout ID,Date,Amount,Currency,Description\nPO1,2026-03-04,-98.80,GBP,P-1\n",
    "nothing of a bank": "Item,Day,Amount\nA,2026-03-04,98.80\nB,2026-03-05,10.00\n",
}


@pytest.mark.parametrize("what", OTHERS)
def test_what_is_no_bank_statement_gets_no_statement_profile(what: str) -> None:
    rows = head_rows(OTHERS[what].encode())
    assert guess(rows) is None
    assert proposal(rows, "table.csv") is None
    refused = refusal(OTHERS[what].encode(), "table.csv")
    assert "profiles/statements" not in str(refused)
