"""Adyen's settlement detail report: one file a day with captures, refunds, fees and the payout."""

import polars as pl

from pipelines.demo.formats.providers import SettledCards
from pipelines.demo.world.money import money
from pipelines.demo.world.timeline import DAY

HEADER = (
    *("Company Account", "Merchant Account", "Psp Reference", "Merchant Reference"),
    *("Payment Method", "Creation Date", "TimeZone", "Type", "Modification Reference"),
    *("Gross Currency", "Gross Debit (GC)", "Gross Credit (GC)", "Exchange Rate"),
    *("Net Currency", "Net Debit (NC)", "Net Credit (NC)", "Commission (NC)", "Markup (NC)"),
    *("Scheme Fees (NC)", "Interchange (NC)", "Payment Method Variant", "Batch Number"),
    *("Reserved4", "Reserved5", "Reserved6", "Reserved7", "Reserved8", "Reserved9", "Reserved10"),
    *("Modification Merchant Reference", "Booking Date", "Booking Date TimeZone"),
)
"""Columns of Adyen's settlement detail report, in its order."""

_TYPES = {"sale": "Settled", "refund": "Refunded", "chargeback": "Chargeback"}
"""The report's `Type` by kind of line."""

_EMPTY = (
    "Reserved4",
    "Reserved5",
    "Reserved6",
    "Reserved7",
    "Reserved8",
    "Reserved9",
    "Reserved10",
)
"""Columns that Adyen reserves and leaves empty."""


def report_rows(settled: SettledCards) -> pl.DataFrame:
    """Rows of the reports under their printed header, with `arrival`, `batch` and `order`."""
    lines = settled.lines.filter((pl.col("provider") == "adyen") & pl.col("reported_line"))
    payouts = settled.payouts.filter(pl.col("provider") == "adyen")
    rows = pl.concat([_line_rows(lines, payouts), _payout_rows(payouts)], how="diagonal")
    return rows.select("arrival", "batch", "order", *HEADER).sort(
        "batch", "order", "Creation Date", "Psp Reference"
    )


def _stamp(moment: pl.Expr) -> pl.Expr:
    return moment.cast(pl.Datetime("us")).dt.strftime("%Y-%m-%d %H:%M:%S")


def _part(minor: str) -> pl.Expr:
    return pl.when(pl.col(minor) != 0).then(money(minor))


def _line_rows(lines: pl.DataFrame, payouts: pl.DataFrame) -> pl.DataFrame:
    merchants = payouts.select("batch", "merchant").unique("batch")
    rows = lines.join(merchants, on="batch", how="left", maintain_order="left")
    sale = pl.col("kind") == "sale"
    gain = pl.col("net") > 0
    return rows.select(
        *_fixed(),
        arrival=pl.col("day") + 1,
        batch="batch",
        order=pl.lit(0),
        **{
            "Merchant Account": pl.col("merchant"),
            "Psp Reference": pl.col("psp").cast(pl.String),
            "Merchant Reference": pl.col("end_to_end_id"),
            "Payment Method": pl.col("method"),
            "Creation Date": _stamp(pl.col("started")),
            "Type": pl.col("kind").replace_strict(_TYPES, return_dtype=pl.String),
            "Modification Reference": pl.col("modification").cast(pl.String),
            "Gross Currency": pl.lit("EUR"),
            "Gross Debit (GC)": pl.when(~sale).then(money("amount")),
            "Gross Credit (GC)": pl.when(sale).then(money("amount")),
            "Exchange Rate": pl.lit("1"),
            "Net Debit (NC)": pl.when(~gain).then(money(-pl.col("net"))),
            "Net Credit (NC)": pl.when(gain).then(money("net")),
            "Commission (NC)": _part("commission"),
            "Markup (NC)": _part("markup"),
            "Scheme Fees (NC)": _part("scheme"),
            "Interchange (NC)": _part("interchange"),
            "Payment Method Variant": pl.col("method") + pl.lit("standardcredit"),
            "Modification Merchant Reference": pl.when(sale).then(pl.lit("<auto>")).otherwise(
                pl.col("payment_id")
            ),
        },
    )  # fmt: skip


def _fixed() -> list[pl.Expr]:
    return [
        pl.lit("CountinghouseGroup").alias("Company Account"),
        pl.lit("UTC").alias("TimeZone"),
        pl.lit("EUR").alias("Net Currency"),
        pl.col("batch").cast(pl.String).alias("Batch Number"),
        _stamp(pl.col("day") * DAY + 85_800_000_000).alias("Booking Date"),
        pl.lit("UTC").alias("Booking Date TimeZone"),
        *(pl.lit(None, pl.String).alias(name) for name in _EMPTY),
    ]


def _payout_rows(payouts: pl.DataFrame) -> pl.DataFrame:
    paid = pl.col("net") > 0
    return payouts.select(
        *_fixed(),
        arrival=pl.col("day") + 1,
        batch="batch",
        order=pl.lit(1),
        **{
            "Merchant Account": pl.col("merchant"),
            "Creation Date": _stamp(pl.col("day") * DAY + 85_800_000_000),
            "Type": pl.lit("MerchantPayout"),
            "Modification Reference": pl.col("bank_text"),
            "Net Debit (NC)": pl.when(paid).then(money("net")),
            "Net Credit (NC)": pl.when(~paid).then(money(-pl.col("net"))),
        },
    )


def with_positions(lines: pl.DataFrame, payouts: pl.DataFrame) -> pl.DataFrame:
    """Provider lines with `line`, as Adyen's lines are identified: merchant, batch and position."""
    merchants = payouts.select("provider", "batch", "merchant").unique(["provider", "batch"])
    at = pl.int_range(1, pl.len() + 1).over("provider", "batch")
    written = pl.format("adyen|{}|{}|{}", "merchant", "batch", at)
    return (
        lines.join(merchants, on=["provider", "batch"], how="left")
        .sort("provider", "batch", _stamp(pl.col("started")), pl.col("psp").cast(pl.String))
        .with_columns(line=pl.when(pl.col("provider") == "adyen").then(written))
        .drop("merchant")
    )
