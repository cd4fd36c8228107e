"""A payout that a later line takes back was not paid, in every provider's report."""

from decimal import Decimal
from typing import Any

import pytest

from pipelines.feeds.reading import Format
from pipelines.feeds.settlements import adyen, paypal, stripe_reports
from pipelines.feeds.settlements.tabular import reader as settlement_csv

STRIPE_HEAD = (
    "balance_transaction_id,created_utc,available_on_utc,currency,gross,fee,net,reporting_category,"
    "source_id,description\n"
)
SENT = "t1,2026-01-05 00:00:00,2026-01-07 00:00:00,eur,-100.00,0,-100.00,payout,po_1,x\n"
STRIPE = Format("stripe", "settlements", stripe_reports.recognises, stripe_reports.read)
PAYPAL = Format("paypal", "settlements", paypal.recognises, paypal.read)
GENERIC = settlement_csv.SETTLEMENT_CSV


def back(amount: str, kind: str, payout: str = "po_1") -> str:
    return f"t2,2026-01-08 00:00:00,2026-01-09 00:00:00,eur,{amount},0,{amount},{kind},{payout},x\n"


def paid(source: Any, whole: Any, known: Format, text: str) -> list[tuple[str, Decimal, str]]:
    assert known.recognises(text.encode(), "")
    got = whole(known.read(source(text.encode())))
    assert got.rejected == []
    rows = got.rows["settlement_payouts"]
    return [(row["payout_id"], row["amount"], row["status"]) for row in rows]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (SENT, [("po_1", 100, "paid")]),
        (SENT + back("100.00", "payout_reversal"), [("po_1", 100, "failed")]),
        (SENT + back("100.00", "payout_failure"), [("po_1", 100, "failed")]),
        (SENT + back("100.00", "payout_cancel"), [("po_1", 100, "canceled")]),
        (back("100.00", "payout_reversal") + SENT, [("po_1", 100, "failed")]),
        (SENT + back("40.00", "payout_reversal"), [("po_1", 60, "paid")]),
        (
            SENT + back("30.00", "payout_reversal", "po_0"),
            [("po_1", 100, "paid"), ("po_0", 30, "failed")],
        ),
        (SENT + back("-5.00", "payout_minimum_balance_hold", ""), [("po_1", 100, "paid")]),
    ],
)
def test_stripes_payouts_stand_as_they_ended(
    source: Any, whole: Any, lines: str, expected: list[tuple[str, int, str]]
) -> None:
    assert paid(source, whole, STRIPE, STRIPE_HEAD + lines) == expected


def test_a_paypal_withdrawal_that_came_back_has_failed(source: Any, whole: Any) -> None:
    text = (
        "Date,Time,TimeZone,Type,Status,Currency,Gross,Fee,Net,Transaction ID,Reference Txn ID\n"
        "2026-01-05,10:00:00,UTC,General Withdrawal,Completed,EUR,-100.00,0.00,-100.00,W1,\n"
        "2026-01-25,10:00:00,UTC,Withdrawal Returned,Completed,EUR,100.00,0.00,100.00,W2,W1\n"
    )
    assert paid(source, whole, PAYPAL, text) == [("W1", 100, "failed")]


def test_any_providers_payout_that_came_back_has_failed(source: Any, whole: Any) -> None:
    text = (
        "Transaction ID,Type,Date,Gross,Fee,Net,Currency,Payout ID\n"
        "t1,Payout,2026-01-05,-50.00,0,-50.00,EUR,p1\n"
        "t2,Payout reversed,2026-01-25,50.00,0,50.00,EUR,p1\n"
    )
    assert paid(source, whole, GENERIC, text) == [("p1", 50, "failed")]


def test_a_line_without_a_type_is_said_of(source: Any, whole: Any) -> None:
    head = (
        "Company Account,Merchant Account,Psp Reference,Merchant Reference,Payment Method,"
        "Creation Date,TimeZone,Type,Modification Reference,Gross Currency,Gross Debit (GC),"
        "Gross Credit (GC),Exchange Rate,Net Currency,Net Debit (NC),Net Credit (NC),"
        "Commission (NC),Markup (NC),Scheme Fees (NC),Interchange (NC),Payment Method Variant,"
        "Batch Number\n"
    )
    lines = "".join(
        f"C,M,P,O,visa,2026-01-05 10:00:00,UTC,{kind},,EUR,,10.00,,EUR,,10.00,,,,,visa,7\n"
        for kind in ("", "SettledTwice")
    )
    got = whole(adyen.read(source((head + lines).encode())))
    said = [one.message for one in got.findings if one.code == "unknown_line_type"]
    assert said == [
        "taken as an adjustment: (no type)",
        "taken as an adjustment: SettledTwice",
    ]
