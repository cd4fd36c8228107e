"""Settlement reports: each line adds up, and the lines add up to the payout."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.feeds.reading import RefusedError
from pipelines.feeds.settlements import adyen, paypal
from pipelines.feeds.settlements import stripe_api as stripe
from pipelines.feeds.settlements.tabular import reader as settlement_csv
from tests.unit.feeds.conftest import InMemory, Whole

ADYEN = (
    "Company Account,Merchant Account,Psp Reference,Merchant Reference,Payment Method,"
    "Creation Date,TimeZone,Type,Modification Reference,Gross Currency,Gross Debit (GC),"
    "Gross Credit (GC),Exchange Rate,Net Currency,Net Debit (NC),Net Credit (NC),"
    "Commission (NC),Markup (NC),Scheme Fees (NC),Interchange (NC),Payment Method Variant,"
    "{},Reserved4"
)
OLD = ADYEN.format("Modification Merchant Reference,Batch Number")
NEW = ADYEN.format(
    "Batch Number,Modification Merchant Reference,Booking Date,Booking Date TimeZone"
)
cents = st.integers(1, 10**7)


def sale(gross: Decimal, net: Decimal, tail: str) -> str:
    return (
        f"C,M,P1,E2E-1,visa,2026-01-05 00:30:00,CET,Settled,MOD1,EUR,,{gross},1,EUR,,{net},"
        f",0.0001,0.0002,0.0003,visaclassic,{tail}"
    )


def payout(amount: Decimal, tail: str) -> str:
    return (
        f"C,M,,,,2026-01-07 00:46:38,CET,MerchantPayout,TX1XT batch 7,,,,,EUR,{amount},,,,,,,{tail}"
    )


@given(st.lists(st.tuples(cents, cents), min_size=1, max_size=6))
def test_adyens_lines_add_up_to_the_payout_in_both_layouts(
    source: type[InMemory], whole: Callable[..., Whole], pairs: Any
) -> None:
    money = [(Decimal(gross) / 100, Decimal(min(gross, net)) / 100) for gross, net in pairs]
    total = sum((net for _, net in money), Decimal(0))
    for header, tail in ((OLD, ",7,"), (NEW, "7,,2026-01-06 23:50:00,CET,")):
        lines = [header, *(sale(*pair, tail) for pair in money), payout(total, tail), ""]
        data = "\n".join(lines).encode()
        assert adyen.recognises(data, "")
        got = whole(adyen.read(source(data)))
        assert (got.rejected, got.findings) == ([], [])
        rows = got.rows["settlement_lines"]
        assert sum(row["net_amount"] for row in rows if row["line_type"] != "payout") == total
        assert sum(row["net_amount"] for row in rows) == 0
        for row in rows[:-1]:
            assert row["gross_amount"] - row["fee_amount"] == row["net_amount"]
        (paid,) = got.rows["settlement_payouts"]
        assert (paid["payout_id"], paid["amount"]) == ("TX1XT", total)
        assert {(row["report_id"], row["payout_id"]) for row in rows} == {("7", "TX1XT")}
        assert [row["line_id"] for row in rows] == [str(n + 1) for n in range(len(rows))]


def test_adyens_parts_of_a_fee_keep_every_decimal(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    data = f"{OLD}\n{sale(Decimal('1.00'), Decimal('0.99'), ',7,')}\n".encode()
    (row,) = whole(adyen.read(source(data))).rows["settlement_lines"]
    parts = (row["markup"], row["scheme_fees"], row["interchange"])
    assert parts == (Decimal("0.0001"), Decimal("0.0002"), Decimal("0.0003"))
    assert row["fee_amount"] == Decimal("0.010")


def test_adyens_balance_transfers_leave_nothing_to_pay_out(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    transfer = (
        "C,M,,,,2026-01-05 00:30:00,CET,Balancetransfer,Balancetransfer,,,,,EUR,{},,,,,,,x,7,"
    )
    fee = "C,M,,,,2026-01-06 00:30:00,CET,Fee,Transaction Fees,,,,,EUR,0.09,,,,,,,,7,"
    lines = [OLD, transfer.format(",100.00").replace(",,,,,,,x", ",,,,,,x"), fee]
    lines.append(transfer.format("99.91"))
    got = whole(adyen.read(source("\n".join([*lines, ""]).encode())))
    rows = got.rows["settlement_lines"]
    assert [row["line_type"] for row in rows] == ["transfer", "fee", "transfer"]
    assert sum(row["net_amount"] for row in rows) == 0
    assert rows[1]["fee_amount"] == Decimal("0.09")
    assert got.rows["settlement_payouts"] == []


def test_a_batch_without_a_number_takes_that_of_the_files_name(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    data = f"{OLD}\n{sale(Decimal(1), Decimal(1), ',,')}\n".encode()
    got = whole(adyen.read(source(data, "settlement_detail_report_batch_42.csv")))
    assert got.rows["settlement_lines"][0]["report_id"] == "42"


def test_a_report_without_a_column_that_every_layout_has_is_refused(source: type[InMemory]) -> None:
    data = OLD.replace(",Markup (NC)", "").encode() + b"\n"
    with pytest.raises(RefusedError, match=r"lacks Markup \(NC\)"):
        list(adyen.read(source(data)))


STRIPE = "id,amount,available_on,created,currency,description,fee,net,source,status,type,payout_id"


@pytest.mark.parametrize("synced", [False, True])
def test_stripes_minor_units_follow_the_currency(
    source: type[InMemory], whole: Callable[..., Whole], synced: bool
) -> None:
    extra = ("_fivetran_synced,", "2026-01-01 00:00:00,") if synced else ("", "")
    line = "{},{},2026-01-07 00:00:00,2026-01-05 10:00:00,{},E2E-1,{},{},ch_1,available,charge,po_1"
    lines = [
        extra[0] + STRIPE,
        extra[1] + line.format("t1", 1050, "eur", 50, 1000),
        extra[1] + line.format("t2", 1050, "jpy", 50, 1000),
        extra[1] + line.format("t3", 1050, "kwd", 50, 1000),
    ]
    data = "\n".join([*lines, ""]).encode()
    got = whole(stripe.read_transactions(source(data)))
    assert got.findings == []
    rows = got.rows["settlement_lines"]
    assert [(row["gross_amount"], row["net_currency"]) for row in rows] == [
        (Decimal("10.5"), "EUR"),
        (Decimal("1050"), "JPY"),
        (Decimal("1.05"), "KWD"),
    ]
    assert rows[0]["merchant_reference"] == "E2E-1"


@pytest.mark.parametrize(
    ("kind", "object_id", "net", "expected"),
    [
        ("charge", "ch_1", 100, "sale"),
        ("refund", "re_1", -100, "refund"),
        ("adjustment", "du_1", -100, "chargeback"),
        ("adjustment", "dp_1", 100, "chargeback_reversed"),
        ("adjustment", "adj_1", 100, "adjustment"),
        ("stripe_fee", "fee_1", -100, "fee"),
        ("payout", "po_1", -100, "payout"),
        ("payout_failure", "po_1", 100, "payout_failed"),
        ("something_new", "x_1", 100, "adjustment"),
    ],
)
def test_stripes_types_become_ours(
    source: type[InMemory],
    whole: Callable[..., Whole],
    kind: str,
    object_id: str,
    net: int,
    expected: str,
) -> None:
    line = f"t,{net},2026-01-07,2026-01-05,eur,,0,{net},{object_id},available,{kind},"
    got = whole(stripe.read_transactions(source(f"{STRIPE}\n{line}\n".encode())))
    assert got.rows["settlement_lines"][0]["line_type"] == expected
    codes = [finding.code for finding in got.findings]
    assert codes == (["unknown_line_type"] if kind == "something_new" else [])


def test_stripes_line_that_does_not_add_up_is_read_and_found(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    line = "t,100,2026-01-07,2026-01-05,eur,,10,100,ch_1,available,charge,"
    got = whole(stripe.read_transactions(source(f"{STRIPE}\n{line}\n".encode())))
    assert len(got.rows["settlement_lines"]) == 1
    assert [finding.code for finding in got.findings] == ["line_does_not_add_up"]


def test_stripes_payouts_manual_and_failed_are_kept_as_stated(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    data = (
        "id,amount,arrival_date,automatic,created,currency,status,failure_code,destination\n"
        "po_1,-500,1767830400,false,1767571200,eur,paid,,ba_1\n"
        "po_2,900,2026-01-08 00:00:00,TRUE,2026-01-05 00:00:00,eur,failed,account_closed,ba_1\n"
    )
    rows = whole(stripe.read_payouts(source(data.encode()))).rows["settlement_payouts"]
    assert [
        (row["amount"], row["status"], row["automatic"], row["failure_code"]) for row in rows
    ] == [
        (Decimal("-5"), "paid", False, None),
        (Decimal("9"), "failed", True, "account_closed"),
    ]
    assert {str(row["arrival_date"]) for row in rows} == {"2026-01-08"}


def test_stripes_exports_of_the_same_money_are_refused_by_name(source: type[InMemory]) -> None:
    (links,) = [known for known in stripe.FORMATS if known.name == "stripe.links of payouts"]
    data = b"payout_id,balance_transaction_id\npo,t\n"
    assert links.recognises(data, "")
    with pytest.raises(RefusedError, match="Land balance transactions"):
        links.read(source(data))


PAYPAL = (
    "Date,Time,TimeZone,Name,Type,Status,Currency,Gross,Fee,Net,Transaction ID,"
    "Reference Txn ID,Balance"
)


def test_paypals_conversion_carries_its_rate_and_the_withdrawal_is_a_payout(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    start = "25/07/2016,01:47:56,PDT,,General "
    lines = [
        PAYPAL,
        f'{start}Withdrawal,Pending,EUR,"-12,431.37",0.00,"-12,431.37",T1,,"-12,431.37"',
        f'{start}Currency Conversion,Completed,USD,"-14,000.00",0.00,"-14,000.00",T2,T1,260.17',
        f'{start}Currency Conversion,Completed,EUR,"12,431.37",0.00,"12,431.37",T3,T1,0.00',
        '26/07/2016,01:47:56,PDT,Ann,Payment,Completed,EUR,"1,000.00",-50.00,950.00,T4,,951.00',
    ]
    got = whole(paypal.read(source("\n".join([*lines, ""]).encode())))
    rows = got.rows["settlement_lines"]
    assert [row["line_type"] for row in rows] == ["payout", "conversion", "conversion", "sale"]
    assert rows[1]["exchange_rate"] == rows[2]["exchange_rate"] == Decimal("0.88795500")
    assert rows[3]["fee_amount"] == Decimal("50")
    (paid,) = got.rows["settlement_payouts"]
    assert (paid["payout_id"], paid["amount"], paid["status"]) == (
        "T1",
        Decimal("12431.37"),
        "pending",
    )
    assert [(finding.code, finding.place) for finding in got.findings] == [
        ("balance_chain", "line 5")
    ]


def test_paypals_spanish_report_reads_like_the_english_one(
    source: type[InMemory], whole: Callable[..., Whole]
) -> None:
    data = (
        "Fecha,Hora,Zona horaria,Descripción,Divisa,Bruto,Comisión,Neto,Saldo,"
        "Id. de transacción,Id. de factura\n"
        '28/1/2020,11:05:56,Europe/Berlin,Pago,EUR,"1.049,37","-1,78","1.047,59","4.626,81",T,7\n'
    )
    assert paypal.recognises(data.encode(), "")
    (row,) = whole(paypal.read(source(data.encode()))).rows["settlement_lines"]
    assert (row["gross_amount"], row["fee_amount"]) == (Decimal("1049.37"), Decimal("1.78"))
    assert row["created_at"].isoformat() == "2020-01-28T10:05:56+00:00"


def test_dates_in_no_one_order_refuse_paypals_report(source: type[InMemory]) -> None:
    line = "{},01:00:00,PDT,,Payment,Completed,EUR,1.00,0.00,1.00,T{},,1.00"
    lines = [PAYPAL, line.format("25/12/2016", 1), line.format("12/25/2016", 2), ""]
    with pytest.raises(RefusedError, match="no one order"):
        list(paypal.read(source("\n".join(lines).encode())))


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_generic_profile_reads_fees_of_either_sign(
    source: type[InMemory], whole: Callable[..., Whole], sign: str
) -> None:
    data = (
        "Transaction ID;Type;Date;Order;Gross;Fee;Net;Currency;Payout ID\n"
        f"t1;Payment;31.01.2026 10:00:05;E2E-1;1.100,00;{sign}1,50;1.098,50;eur;p1\n"
        "t2;Payout;02.02.2026;;-1.098,50;0,00;-1.098,50;eur;p1\n"
    )
    assert settlement_csv.recognises(data.encode(), "")
    got = whole(settlement_csv.read(source(data.encode())))
    assert (got.rejected, got.findings) == ([], [])
    first = got.rows["settlement_lines"][0]
    assert (first["fee_amount"], first["line_type"], first["merchant_reference"]) == (
        Decimal("1.5"),
        "sale",
        "E2E-1",
    )
    (paid,) = got.rows["settlement_payouts"]
    assert (paid["payout_id"], paid["amount"]) == ("p1", Decimal("1098.5"))
