"""Settlement reports with columns left out, renamed or in major units; words that mislead."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from pipelines.feeds.formats import FORMATS
from pipelines.feeds.reading import RefusedError
from pipelines.feeds.settlements import adyen, paypal, stripe_reports
from pipelines.feeds.settlements.paypal_words import kind_of
from tests.recognised import recognise
from tests.unit.feeds.conftest import InMemory, Whole

ITEMISED = (
    "balance_transaction_id,created_utc,available_on_utc,currency,gross,fee,net,"
    "reporting_category,source_id,description,automatic_payout_id,"
    "automatic_payout_effective_at_utc"
)
_DAYS = "2026-01-07 00:00:00", "2026-01-08 00:00:00"
ROWS = (
    f"t1,2026-01-05 10:00:00,{_DAYS[0]},eur,10.50,0.50,10.00,charge,ch_1,Order 1,po_1,{_DAYS[1]}",
    f"t2,2026-01-05 11:00:00,{_DAYS[0]},eur,-2.00,15.00,-17.00,dispute,dp_1,,po_1,{_DAYS[1]}",
    f"t3,2026-01-07 00:00:00,{_DAYS[0]},jpy,-500,0,-500,payout,po_2,,po_2,{_DAYS[1]}",
)
DASHBOARD = (
    "id,Type,Source,Amount,Fee,Net,Currency,Created (UTC),Available On (UTC),Description,Transfer\n"
    't1,charge,ch_1,"1,010.50",0.50,"1,010.00",eur,2026-01-05 10:00,2026-01-07 00:00,Order 1,po_1\n'
)


def text(*lines: str) -> bytes:
    return "\n".join([*lines, ""]).encode()


def test_a_stripe_report_is_in_major_units(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    got = whole(stripe_reports.read(source(text(ITEMISED, *ROWS))))
    assert (got.findings, got.rejected) == ([], [])
    lines = got.rows["settlement_lines"]
    assert [line["line_type"] for line in lines] == ["sale", "chargeback", "payout"]
    assert [line["net_amount"] for line in lines] == [Decimal(10), Decimal(-17), Decimal(-500)]
    assert lines[0]["payout_id"] == "po_1"
    (payout,) = got.rows["settlement_payouts"]
    assert (payout["payout_id"], payout["amount"], payout["currency"]) == ("po_2", 500, "JPY")
    assert str(payout["arrival_date"]) == "2026-01-08"


def test_stripes_dashboard_writes_other_names(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    got = whole(stripe_reports.read(source(DASHBOARD.encode())))
    (line,) = got.rows["settlement_lines"]
    assert (line["gross_amount"], line["fee_amount"]) == (Decimal("1010.50"), Decimal("0.50"))
    assert (line["payout_id"], line["psp_reference"]) == ("po_1", "ch_1")
    assert (str(line["created_at"]), str(line["available_on"])) == (
        "2026-01-05 10:00:00+00:00",
        "2026-01-07",
    )


def test_a_report_in_an_unknown_time_zone_says_so(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    got = whole(
        stripe_reports.read(source(text(ITEMISED.replace("created_utc", "created"), *ROWS)))
    )
    assert [finding.code for finding in got.findings] == ["time_zone_unknown"]


@pytest.mark.parametrize("data", [text(ITEMISED, *ROWS), DASHBOARD.encode()])
def test_a_stripe_report_is_known_by_its_columns(data: Any, source: type[InMemory]) -> None:
    assert recognise(source(data)).name == "stripe.reports"
    own = [known for known in FORMATS if known.feed == "settlements"]
    assert (
        sum(known.recognises(data, "") for known in own if known.name != "settlement.unknown") == 1
    )


def test_adyen_may_leave_out_what_no_amount_hangs_on(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    header = (
        "Merchant Account,Psp Reference,Creation Date,TimeZone,Type,Modification Reference,"
        "Gross Currency,Gross Debit (GC),Gross Credit (GC),Net Currency,Net Debit (NC),"
        "Net Credit (NC),Commission (NC),Markup (NC),Scheme Fees (NC),Interchange (NC),Batch Number"
    )
    sale = "M,P1,2026-01-05 10:00:00,UTC,Settled,,EUR,,10.00,EUR,,9.00,1.00,,,,7"
    got = whole(adyen.read(source(text(header, sale))))
    (line,) = got.rows["settlement_lines"]
    assert (line["fee_amount"], line["payment_method"]) == (Decimal(1), None)


def test_adyens_received_payments_are_refused_by_name(source: type[InMemory]) -> None:
    header = (
        "Company Account,Merchant Account,Psp Reference,Merchant Reference,Payment Method,"
        "Creation Date,TimeZone,Currency,Amount,Type,Risk Scoring,Shopper Interaction"
    )
    paid = "C,M,P1,Order 1,visa,2026-01-05 10:00:00,CET,EUR,10.00,Authorised,0,Ecommerce"
    file = source(text(header, paid))
    known = recognise(file)
    assert known.name == "adyen.received_payments"
    with pytest.raises(RefusedError, match="received payment details") as refused:
        list(known.read(file))
    assert "settlement detail report" in refused.value.advice


@pytest.mark.parametrize(
    ("description", "gross", "kind"),
    [
        ("Allgemeine Abbuchung", "-10.00", "payout"),
        ("Allgemeine Abbuchung", "10.00", "transfer"),
        ("General Authorization", "-10.00", "reserve"),
        ("Reversal of General Account Hold", "10.00", "reserve"),
        ("Virement standard", "-10.00", "payout"),
        ("Payment Refund", "-10.00", "refund"),
    ],
)
def test_what_paypal_calls_a_line_and_its_sign_say_what_it_is(
    description: str, gross: str, kind: str
) -> None:
    assert kind_of(description, gross) == kind


def test_paypals_french_statement_names_its_invoices(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    header = (
        "Date,Heure,Fuseau horaire,Description,Devise,Avant commission,Commission,Net,Solde,"
        "Numéro de transaction,Identifiant de facture"
    )
    line = '21/12/2025,17:28:55,CET,Paiement,EUR,"1 200,00","-40,00","1 160,00","1 160,00",T1,F7'
    got = whole(paypal.read(source(text(header, line))))
    (row,) = got.rows["settlement_lines"]
    assert (row["merchant_reference"], row["net_amount"]) == ("F7", Decimal(1160))
