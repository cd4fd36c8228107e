"""Settlement reports that other projects published, against the identities they must keep."""

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipelines.feeds.reading import Reading, RefusedError, Source
from tests.recognised import recognise


@pytest.fixture(scope="module")
def settlements(shared_data: Path) -> Path:
    return shared_data / "settlements"


def readings(path: Path) -> list[Reading]:
    source = Source(path, path.name)
    return list(recognise(source).read(source))


def table(found: list[Reading], name: str) -> pl.DataFrame:
    return pl.concat([reading.tables[name] for reading in found])


def test_adyens_batch_380_balances_to_the_cent(settlements: Path) -> None:
    found = readings(settlements / "adyen_settlement_detail_report_batch_380.csv")
    lines = table(found, "settlement_lines")
    net = pl.col("net_amount")
    assert lines.height == 228
    assert lines.filter(net > 0)["net_amount"].sum() == Decimal("56438.52")
    assert lines.filter(net < 0)["net_amount"].sum() == Decimal("-56438.52")
    assert {
        part: lines[part].sum() for part in ("commission", "markup", "scheme_fees", "interchange")
    } == {
        "commission": Decimal("70.91"),
        "markup": Decimal("187.37"),
        "scheme_fees": Decimal("20.71"),
        "interchange": Decimal("110.64"),
    }
    (payout,) = table(found, "settlement_payouts").to_dicts()
    others = lines.filter(pl.col("line_type") != "payout")
    assert others["net_amount"].sum() == payout["amount"] == Decimal("55308.07")
    gross_less_fees = Decimal(others["gross_amount"].sum()) - Decimal(others["fee_amount"].sum())
    assert gross_less_fees == payout["amount"]
    assert not any(reading.findings or reading.rejected.height for reading in found)


def test_stripes_lines_add_up_and_its_payouts_keep_their_states(settlements: Path) -> None:
    found = readings(settlements / "stripe_balance_transaction_data.csv")
    lines = table(found, "settlement_lines")
    assert lines.height == 9
    assert (lines["gross_amount"] - lines["fee_amount"] == lines["net_amount"]).all()
    assert lines.filter(pl.col("line_type") == "sale").height == 8
    payouts = table(readings(settlements / "stripe_payout_data.csv"), "settlement_payouts")
    assert payouts.height == 15
    assert payouts["amount"].min() == Decimal("-8336.51")
    assert payouts.filter(pl.col("status") == "paid").height == 2


@pytest.mark.parametrize(
    "what", ["charge", "dispute", "fee", "payout_balance_transaction", "refund"]
)
def test_stripes_other_exports_are_refused_with_what_to_land_instead(
    settlements: Path, what: str
) -> None:
    path = settlements / f"stripe_{what}_data.csv"
    source = Source(path, path.name)
    with pytest.raises(RefusedError, match="repeat what the balance transactions say"):
        recognise(source).read(source)


def test_paypals_activity_keeps_its_running_balances_and_converts_in_chains(
    settlements: Path,
) -> None:
    found = readings(settlements / "paypal_activity_en.csv")
    lines = table(found, "settlement_lines")
    assert lines.height == 76
    assert not any(reading.findings or reading.rejected.height for reading in found)
    nets = lines.group_by("net_currency").agg(pl.col("net_amount").sum())
    assert dict(nets.iter_rows()) == {
        "USD": Decimal("1.90"),
        "EUR": Decimal("43.34"),
        "AUD": Decimal("0.00"),
    }
    conversions = lines.filter(pl.col("line_type") == "conversion")
    assert conversions.height == 32
    assert conversions["exchange_rate"].null_count() == 0
    payouts = table(found, "settlement_payouts")
    converted = conversions.filter(
        (pl.col("net_currency") == "EUR") & (pl.col("raw_type") == "General Currency Conversion")
    )
    assert payouts["amount"].sum() == converted["net_amount"].sum() == Decimal("59383.68")
