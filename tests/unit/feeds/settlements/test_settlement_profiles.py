"""Settlement reports read by a profile: Klarna, GoCardless, Checkout.com, Amazon, and any other."""

import io
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.feeds.formats import FORMATS, formats_with
from pipelines.feeds.reading import RefusedError
from pipelines.feeds.saved_profiles import SavedProfiles
from pipelines.feeds.settlements.tabular import reader as settlement_csv
from pipelines.feeds.settlements.tabular.profile import parse_settlement_profile
from pipelines.feeds.settlements.tabular.propose import proposal_of
from pipelines.feeds.statements.tabular import reader as statement_csv
from tests.recognised import recognise

KLARNA = (
    "total_sale_amount;total_fee_amount;total_return_amount;total_settlement_amount;currency;"
    "payment_reference;payout_date\n"
    "120.00;3.00;20.00;92.00;EUR;REF1;2026-04-02T10:00:00Z\n"
    "type;order_id;merchant_reference1;capture_date;currency;amount;capture_id;refund_id;"
    "payment_reference;payout_date\n"
    "SALE;o1;M-1;2026-03-30T09:00:00Z;EUR;120.00;c1;;REF1;2026-04-02T10:00:00Z\n"
    "FEE;o1;M-1;2026-03-30T09:00:00Z;EUR;3.00;c1;;REF1;2026-04-02T10:00:00Z\n"
    "RETURN;o0;M-0;2026-03-30T10:00:00Z;EUR;20.00;;r1;REF1;2026-04-02T10:00:00Z\n"
    "HOLDBACK;;;;EUR;6.00;;;REF1;2026-04-02T10:00:00Z\n"
    "RELEASE;;;;EUR;1.00;;;REF1;2026-04-02T10:00:00Z\n"
)
GOCARDLESS = (
    "resources.type,resources.status,resources.created_at,resources.reference,gross_amount,"
    "gocardless_fees,app_fees,net_amount,currency,payouts.id,payouts.arrival_date,payments.id\n"
    "payment,paid_out,2026-03-30T08:00:00Z,R-1,80.00,-1.00,-0.50,78.50,GBP,PO7,2026-04-02,PM1\n"
    "payment,charged_back,2026-03-30T08:00:00Z,R-2,-20.00,0.00,0.00,-20.00,GBP,PO7,2026-04-02,PM2\n"
    "refund,paid,2026-03-30T08:00:00Z,R-3,-5.00,0.00,0.00,-5.00,GBP,PO8,2026-04-03,PM3\n"
)
CHECKOUT = (
    "Client Entity ID,Payment ID,Reference,Action ID,Breakdown Type,Processed On,"
    "Holding Currency,Holding Currency Amount,Payout ID,Payout Date\n"
    "e,p1,O-1,a1,Capture,2026-03-30T10:00:00,EUR,10.00000000,PAY1,2026-04-02\n"
    "e,p1,O-1,a1,Gateway Fee,2026-03-30T10:00:00,EUR,-0.00400000,PAY1,2026-04-02\n"
    "e,p2,O-2,a2,Gateway Fee,2026-03-30T10:00:00,EUR,-0.00400000,PAY1,2026-04-02\n"
    "e,p3,O-3,a3,Scheme Fixed Fee,2026-03-30T10:00:00,EUR,-0.00400000,PAY1,2026-04-02\n"
)
AMAZON_HEAD = (
    "settlement-id\tsettlement-start-date\tdeposit-date\ttotal-amount\tcurrency\ttransaction-type\t"
    "order-id\tamount-type\tamount-description\tamount\tposted-date-time\n"
)
AMAZON = (
    f"{AMAZON_HEAD}77\t16.02.2026 00:00:00 UTC\t04.03.2026 00:00:00 UTC\t1.080,50\tEUR\n"
    "77\t\t\t\t\tOrder\t302-1\tItemPrice\tPrincipal\t1.100,00\t20.02.2026 10:00:00 UTC\n"
    "77\t\t\t\t\tOrder\t302-1\tItemFees\tCommission\t-15,00\t20.02.2026 10:00:00 UTC\n"
    "77\t\t\t\t\tRefund\t302-0\tItemPrice\tPrincipal\t-5,00\t21.02.2026 10:00:00 UTC\n"
    "77\t\t\t\t\tother-transaction\t\tother-transaction\tCurrent Reserve Amount\t0,50\t"
    "22.02.2026 10:00:00 UTC\n"
)


def read(source: Any, whole: Any, text: str) -> Any:
    known = recognise(source(text.encode(), "report.csv"))
    assert (known.name, known.feed) == ("settlement.csv", "settlements")
    got = whole(known.read(source(text.encode(), "report.csv")))
    assert got.rejected == []
    return got


def paid(got: Any) -> dict[str, tuple[Decimal, str]]:
    payouts = got.rows["settlement_payouts"]
    for payout in payouts:
        lines = [
            line["net_amount"]
            for line in got.rows["settlement_lines"]
            if line["payout_id"] == payout["payout_id"]
        ]
        stated = [one for one in got.findings if one.code == "payout_total"]
        assert stated or sum(lines) == payout["amount"]
    return {row["payout_id"]: (row["amount"], str(row["arrival_date"])) for row in payouts}


def kinds(got: Any) -> list[tuple[str, Decimal, Decimal]]:
    rows = got.rows["settlement_lines"]
    return [(row["line_type"], row["fee_amount"], row["net_amount"]) for row in rows]


def test_klarnas_lines_have_the_sign_of_their_type_and_add_up_to_the_payout_above(
    source: Any, whole: Any
) -> None:
    got = read(source, whole, KLARNA)
    assert got.findings == []
    assert paid(got) == {"REF1": (Decimal("92.000"), "2026-04-02")}
    assert kinds(got) == [
        ("sale", 0, 120),
        ("fee", 3, -3),
        ("refund", 0, -20),
        ("reserve", 0, -6),
        ("reserve", 0, 1),
    ]


def test_klarnas_amounts_with_their_signs_are_not_turned_again(source: Any, whole: Any) -> None:
    signed = KLARNA.replace("EUR;3.00;c1", "EUR;-3.00;c1").replace("EUR;20.00", "EUR;-20.00")
    signed = signed.replace("EUR;6.00", "EUR;-6.00").replace(";", ",")
    assert paid(read(source, whole, signed)) == {"REF1": (Decimal(92), "2026-04-02")}


def test_a_total_that_is_not_that_of_the_lines_is_found_by_name(source: Any, whole: Any) -> None:
    got = read(source, whole, KLARNA.replace(";92.00;", ";93.00;"))
    assert paid(got)["REF1"][0] == 93
    (finding,) = got.findings
    assert (finding.code, finding.place) == ("payout_total", "payout REF1")
    assert "states a payout of 93.00 EUR, its lines make 92" in finding.message


def test_gocardless_adds_up_its_fees_and_pays_out_what_each_payout_holds(
    source: Any, whole: Any
) -> None:
    got = read(source, whole, GOCARDLESS)
    assert paid(got) == {"PO7": (Decimal("58.5"), "2026-04-02"), "PO8": (-5, "2026-04-03")}
    assert kinds(got)[0] == ("sale", Decimal("1.5"), Decimal("78.5"))
    assert [kind for kind, _, _ in kinds(got)] == ["sale", "chargeback", "refund"]


def test_what_checkout_rounds_is_a_line_and_every_decimal_is_kept(source: Any, whole: Any) -> None:
    got = read(source, whole, CHECKOUT)
    assert paid(got) == {"PAY1": (Decimal("9.99"), "2026-04-02")}
    *lines, rounding = got.rows["settlement_lines"]
    assert [line["commission"] or line["scheme_fees"] for line in lines[1:]] == [
        Decimal("0.004"),
        Decimal("0.004"),
        Decimal("0.004"),
    ]
    assert (rounding["raw_type"], rounding["net_amount"]) == ("Rounding", Decimal("-0.01"))
    assert "the lines make 9.98800000" in rounding["description"]
    (payout,) = got.rows["settlement_payouts"]
    assert "9.98800000" in payout["remainder"]


@given(st.lists(st.decimals("-50", "50", places=8, allow_nan=False), min_size=1, max_size=12))
def test_the_lines_of_a_payout_are_the_payout_to_the_cent(amounts: list[Decimal]) -> None:
    head, *_ = CHECKOUT.split("\n")
    rows = [
        f"e,p,O,a,{kind},2026-03-30T10:00:00,EUR,{amount:f},PAY1,2026-04-02"
        for amount in amounts
        for kind in ("Capture" if amount > 0 else "Gateway Fee",)
    ]
    data = "\n".join([head, *rows, ""]).encode()
    source = SimpleNamespace(
        name="c.csv", head=lambda: data[:16_384], open=lambda: io.BytesIO(data)
    )
    lines, payouts = Decimal(0), Decimal(0)
    for part in settlement_csv.read(source):  # type: ignore[arg-type]
        assert part.rejected.is_empty()
        lines += sum(part.tables["settlement_lines"]["net_amount"], Decimal(0))
        payouts += sum(part.tables["settlement_payouts"]["amount"], Decimal(0))
    assert lines == payouts
    assert abs(payouts - sum(amounts)) <= Decimal("0.005")


@pytest.mark.parametrize("tail", ["", "\t" * 6])
def test_amazons_first_row_is_the_payout_in_german_too(source: Any, whole: Any, tail: str) -> None:
    got = read(source, whole, AMAZON.replace("1.080,50\tEUR\n", f"1.080,50\tEUR{tail}\n"))
    assert got.findings == []
    assert paid(got) == {"77": (Decimal("1080.5"), "2026-03-04")}
    assert [kind for kind, _, _ in kinds(got)] == ["sale", "fee", "refund", "reserve"]
    assert {line["net_currency"] for line in got.rows["settlement_lines"]} == {"EUR"}


def test_a_type_that_a_profile_does_not_know_is_an_adjustment_and_said(
    source: Any, whole: Any
) -> None:
    got = read(source, whole, GOCARDLESS.replace("refund,paid,", "wormhole,paid,"))
    (finding,) = got.findings
    assert finding.code == "unknown_line_type"
    assert finding.message == "taken as an adjustment: wormhole paid"


UNKNOWN = (
    "Datum;Bestellung;Vorgang;Brutto;Gebühr;Netto;Währung;Auszahlung Nr\n"
    "01.03.2026;A-1;Zahlung;100,00;1,50;98,50;EUR;P-7\n"
    "02.03.2026;A-2;Erstattung;-10,00;0,00;-10,00;EUR;P-7\n"
)


@pytest.mark.parametrize(
    "text",
    [
        UNKNOWN,
        "Export,,,,\n,,,,\nDate,Gross Sales,Fees,Net,Deposit ID\n3/1/2026,$100,-$2.90,$97.10,D\n",
        "Payout ID,Type,Order,Amount,Currency,Date\nP1,Sale,O-1,100.00,EUR,2026-03-01\n",
    ],
)
def test_a_report_that_no_profile_knows_is_refused_as_a_settlement_report(
    source: Any, text: str
) -> None:
    file = source(text.encode(), "acme pay.csv")
    known = recognise(file)
    assert known.feed == "settlements"
    with pytest.raises(RefusedError, match="settlement report of a provider") as refused:
        list(known.read(file))
    assert "provider: acme_pay" in refused.value.advice
    head = text.encode()
    statements = [one for one in FORMATS if one.feed == "statements"]
    assert not any(one.recognises(head, "x.csv") for one in statements)


MOLLIE = (
    "Date,Currency,Amount,ID,Settlement currency,Settlement amount,Settlement reference,"
    "Amount refunded\n2026-03-01,USD,100.00,tr_1,EUR,99.71,S1,0.00\n"
)
SUMUP = (
    "Datum,Transaktionstyp,Brutto,Gebühr,Netto,Auszahlungs-ID,Währung\n"
    '01.03.2026,Verkauf,"100,00","1,69","98,31",PO1,EUR\n'
)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        (
            MOLLIE,
            {"net_amount": "settlement_amount", "net_currency": "settlement_currency"},
        ),
        (
            SUMUP,
            {"payout_id": "auszahlungs_id", "raw_type": "transaktionstyp", "net_amount": "netto"},
        ),
    ],
)
def test_what_is_proposed_speaks_of_what_is_paid_out(text: str, columns: dict[str, str]) -> None:
    proposed = proposal_of(text.encode(), "acme.csv")
    assert proposed is not None
    found = parse_settlement_profile(proposed).columns
    assert {ours: found[ours] for ours in columns} == {ours: (n,) for ours, n in columns.items()}


def test_a_saved_profile_reads_what_was_refused(source: Any, whole: Any) -> None:
    proposed = proposal_of(UNKNOWN.encode(), "acme.csv")
    assert proposed is not None
    saved = SavedProfiles(settlements=(parse_settlement_profile(proposed),))
    (known,) = [one for one in formats_with(saved) if one.name == "settlement.csv"]
    assert known.recognises(UNKNOWN.encode(), "")
    got = whole(known.read(source(UNKNOWN.encode())))
    assert paid(got) == {"P-7": (Decimal("88.5"), "2026-03-02")}
    assert {row["provider"] for row in got.rows["settlement_lines"]} == {"acme"}


@pytest.mark.parametrize(
    "statement",
    [
        "Date,Description,Amount,Fee,Balance,Currency\n2026-03-01,Coffee,-3.00,0.00,97.00,EUR\n",
        "Trade Date,Settlement Date,Type,Amount,Currency,Text\n2026-03-01,2026-03-03,Fx,-3,EUR,x\n",
    ],
)
def test_a_banks_table_with_fees_or_settlement_days_is_a_statement(
    source: Any, statement: str
) -> None:
    assert statement_csv.STATEMENT_CSV.recognises(statement.encode(), "")
    assert proposal_of(statement.encode(), "bank.csv") is None


@pytest.mark.parametrize("tail", ["", ",,"])
def test_headings_without_a_name_at_the_end_are_no_columns(
    source: Any, whole: Any, tail: str
) -> None:
    paypal = (
        '"Date","Time","TimeZone","Type","Currency","Gross","Fee","Net","Transaction ID",,\n'
        f'"2025-01-22","11:05:56","Europe/Berlin","Payment","EUR","50.00","-1.75","48.25","T"{tail}\n'
    )
    got = whole(recognise(source(paypal.encode())).read(source(paypal.encode())))
    assert (got.rejected, len(got.rows["settlement_lines"])) == ([], 1)
    more = paypal.replace('"T"', '"T"' + ("x" if not tail else "").join([",", ",,"]))
    if not tail:
        got = whole(recognise(source(more.encode())).read(source(more.encode())))
        assert "too many fields" in got.rejected[0]["reason"]
