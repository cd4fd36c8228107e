"""Registers with gross, fees and net are no settlement reports, and no statements either."""

import pytest

from pipelines.feeds.formats import FORMATS
from pipelines.feeds.settlements.tabular.propose import proposal_of
from pipelines.feeds.statements.tabular.propose import proposal
from pipelines.feeds.statements.tabular.sheet import text_rows

REGISTERS = {
    "bordereau": (
        "Premium bordereau,,,January 2025,,,,\n,,,,,,,\n"
        "Coverholder,UMR,Transaction Type,Effective Date,Settlement Currency,Gross Premium,"
        "Commission Amount,Net Premium to Broker\n"
        "Agency,B01,New,01/01/2025,GBP,300.00,75.00,225.00\n"
        "Agency,B01,Renewal,10/01/2025,GBP,200.00,50.00,150.00\n"
    ),
    "bordereau without a title": (
        "Certificate,Insured,Type,Date,Currency,Gross,Commission,Net,Transfer Date\n"
        "EX1,Inn,New,2025-01-01,GBP,300.00,75.00,225.00,2025-02-01\n"
        "EX2,Bridge,New,2025-01-02,GBP,100.00,25.00,75.00,2025-02-01\n"
    ),
    "claims": (
        "Claims Register\n\nClaim Number,Policy Number,Loss Date,Claim Status,Gross Paid,"
        "Recovery Costs,Net Incurred,Ccy,Last Updated\n"
        "C1,P1,04/03/2025,Open,2057.79,10.00,2047.79,GBP,01/02/2026\n"
        "C2,P2,05/03/2025,Open,100.00,0.00,100.00,GBP,01/02/2026\n"
    ),
    "policies": (
        "id;created;policy;gross_amount;fee;net;currency\n"
        "1;2026-01-01;P1;120.00;20.00;100.00;EUR\n2;2026-01-02;P2;240.00;40.00;200.00;EUR\n"
    ),
    "schedule": (
        "Loan ID,Instalment,Due Date,Principal,Interest,Fees,Net Payable,Currency\n"
        "L1,1,2026-02-01,100.00,5.00,1.00,106.00,EUR\nL1,2,2026-03-01,100.00,4.00,1.00,105.00,EUR\n"
    ),
    "schedule in German": (
        "Darlehen;Rate;Datum;Tilgung;Gebühren;Brutto;Netto;Währung\n"
        "D1;1;01.02.2026;100,00;1,00;106,00;105,00;EUR\nD1;2;01.03.2026;90,00;1,00;96,00;95,00;EUR\n"
    ),
    "pay slips": (
        "Employee,Date,Type,Gross,Charges,Net,Currency\n"
        "Ann,2026-01-31,Salary,3000.00,600.00,2400.00,EUR\n"
        "Ben,2026-01-31,Salary,2000.00,400.00,1600.00,EUR\n"
    ),
    "nothing that speaks for it": (
        "Item,Date,Kind,Gross,Costs,Net,Currency\nA,2026-01-31,x,30.00,6.00,24.00,EUR\n"
        "B,2026-01-31,y,20.00,4.00,16.00,EUR\n"
    ),
}


@pytest.mark.parametrize("name", REGISTERS)
def test_a_register_is_neither_a_settlement_report_nor_a_statement(name: str) -> None:
    text = REGISTERS[name]
    assert proposal_of(text.encode(), "table.csv") is None
    assert proposal(text_rows(text.splitlines()), "table.csv") is None
    known = {one.feed for one in FORMATS if one.knows(text.encode(), "table.csv")}
    assert not known & {"settlements", "statements"}


@pytest.mark.parametrize(
    "header",
    [
        "Payout Date,Reference,Type,Gross,Fee,Net,Currency",
        "Date,Order,Type,Gross,Commission,Net,Currency",
        "Merchant,Date,Kind,Brutto,Gebühr,Netto,Währung",
        "Auszahlungsdatum,Transaktionscode,Art,Brutto,Gebühr,Netto,Währung",
        "transferId,createdAt,kind,grossAmount,feeAmount,netAmount,currency",
    ],
)
def test_gross_fee_and_net_in_the_words_of_a_provider_are_a_settlement_report(header: str) -> None:
    row = ",".join(
        "30.00" if any(word in name.casefold() for word in MONEY) else "2026-01-31"
        for name in header.split(",")
    )
    assert proposal_of(f"{header}\n{row}\n".encode(), "table.csv") is not None


MONEY = ("gross", "brutto", "fee", "gebühr", "commission", "net")
