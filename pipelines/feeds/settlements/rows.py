"""What all settlement readers share: signed amounts, fees that add up, nothing thrown away."""

from collections.abc import Collection

import polars as pl

from pipelines.feeds.parsing.casting import cast_text
from pipelines.feeds.parsing.delimited import LINE, DelimitedLayout, RecordBatch, layouts
from pipelines.feeds.parsing.numbers import exact_decimal
from pipelines.feeds.parsing.rejects import content
from pipelines.feeds.reading import Finding
from quality.contract import contract

LINES, PAYOUTS = contract("settlement_lines"), contract("settlement_payouts")
EXACT = pl.Decimal(38, 8)

_STRIPPED = pl.col(pl.String).str.strip_chars().replace({"": None})
_OFF = (pl.col("gross_currency") == pl.col("net_currency")) & (
    pl.col("gross_amount") - pl.col("fee_amount") != pl.col("net_amount")
)


def exact(text: pl.Series) -> pl.Series:
    """Plain decimal text with all its digits; what is no number is null."""
    return cast_text(text, EXACT)


def exactly(name: str) -> pl.Expr:
    """A column's plain decimal text with all its digits; what is no number is null."""
    return exact_decimal(pl.col(name), EXACT)


def credit_less_debit(credit: str, debit: str) -> pl.Expr:
    """The signed amount as text; null where neither side is given, unreadable sides as written."""
    sides = {name: exactly(name) for name in (credit, debit)}
    value = sides[credit].fill_null(0) - sides[debit].fill_null(0)
    unread = pl.any_horizontal(
        *(pl.col(name).is_not_null() & number.is_null() for name, number in sides.items())
    )
    written = pl.concat_str(credit, debit, separator=" / ", ignore_nulls=True)
    given = pl.col(credit).is_not_null() | pl.col(debit).is_not_null()
    return pl.when(unread).then(written).when(given).then(value.cast(pl.String))


def remainder(written: pl.DataFrame, used: Collection[str]) -> pl.Series:
    """JSON of every column that has no place in the table, null where nothing is left over."""
    rest = [name for name in written.columns if name not in used and name != LINE]
    rest = [name for name in rest if written[name].null_count() < written.height]
    left = (
        [
            content(row) if any(row.values()) else None
            for row in written.select(rest).iter_rows(named=True)
        ]
        if rest
        else [None] * written.height
    )
    return pl.Series("remainder", left, dtype=pl.String)


def stripped(batch: RecordBatch) -> pl.DataFrame:
    """The records without blanks around their values; an empty value is null.

    One row for each row given, in the same columns.
    """
    return batch.records.with_columns(_STRIPPED)


def layout_of(head: bytes, needed: Collection[str]) -> DelimitedLayout | None:
    """The layout whose header has all `needed` columns, by the names as written."""
    return next((layout for layout in layouts(head) if set(needed) <= set(layout.header)), None)


def column(frame: pl.DataFrame, *names: str) -> pl.Expr:
    """The first of `names` that the file has and that is given in the row; null without any."""
    known = [name for name in names if name in frame.columns]
    return (pl.coalesce(known) if known else pl.lit(None, pl.String)).alias(names[0])


def add_up(rows: pl.DataFrame) -> tuple[Finding, ...]:
    """Lines in one currency whose gross less fee is not their net, as findings."""
    off = rows.filter(_OFF)
    if off.is_empty():
        return ()
    return tuple(
        Finding(
            "line_does_not_add_up",
            f"gross {gross} less fee {fee} is not net {net}",
            f"line {line}",
        )
        for gross, fee, net, line in off.select("gross_amount", "fee_amount", "net_amount", LINE)
        .head(100)
        .iter_rows()
    )


def payouts_among_lines(
    lines: pl.DataFrame,
    net: pl.Series,
    sent_status: pl.Series | None = None,
    **stated: pl.Expr | pl.Series,
) -> pl.DataFrame:
    """The lines of type payout as payouts; one that another line takes back has failed.

    Args:
        lines: lines as text, in the columns of `settlement_lines`.
        net: their exact net amounts; a line whose amount is no number keeps its text.
        sent_status: the status of payouts that were sent; `paid` where it is null or not given.
        stated: further columns of `settlement_payouts`.

    Returns:
        One row per payout, as text in columns of `settlement_payouts`, and `source_row`.
    """
    is_back = pl.col("line_type") == "payout_failed"
    amount = pl.select(pl.when(lines["line_type"] == "payout_failed").then(net).otherwise(-net))
    sent = pl.lit("paid") if sent_status is None else sent_status.fill_null("paid")
    payouts = lines.select(
        *(
            name
            for name in (LINE, "line_type", "provider", "merchant_account", "created_at")
            if name in lines.columns
        ),
        payout_id=pl.when(is_back).then("payout_id").otherwise(pl.coalesce("payout_id", "line_id")),
        amount=amount.to_series().cast(pl.String).fill_null(lines["net_amount"]),
        currency=pl.col("net_currency"),
        status=pl.when(is_back).then(pl.lit("failed")).otherwise(sent),
        arrival_date=pl.col("available_on"),
        **stated,
    )
    paid, undone = (
        payouts.filter(pl.col("line_type") == line_type).drop("line_type")
        for line_type in ("payout", "payout_failed")
    )
    return with_reversals(paid, undone)


def with_reversals(paid: pl.DataFrame, undone: pl.DataFrame) -> pl.DataFrame:
    """Payouts as they ended: one that a later line takes back was not paid.

    Args:
        paid: payouts as text, with `payout_id`, `amount` and `status`.
        undone: lines that take payouts back, in the same columns; `amount` is what comes back.

    Returns:
        Each payout once; one that was sent in an earlier report stands as it is undone here.
    """
    back = undone.with_columns(exact(undone["amount"]).alias("back")).filter(
        pl.col("payout_id").is_not_null()
    )
    sums = back.group_by("payout_id").agg(
        pl.col("back").sum(), pl.col("status").last().alias("end")
    )
    ended = paid.join(sums, on="payout_id", how="left", maintain_order="left")
    rest = exact(ended["amount"]) - ended["back"].fill_null(0)
    over = ended["back"].is_not_null() & (rest <= 0)
    ended = ended.with_columns(
        status=pl.when(over).then("end").otherwise("status"),
        amount=pl.when(over | ended["back"].is_null())
        .then("amount")
        .otherwise(rest.cast(pl.String)),
    ).drop("back", "end")
    elsewhere = undone.join(paid.select("payout_id"), on="payout_id", how="anti")
    last = elsewhere.drop_nulls("payout_id").unique("payout_id", keep="last", maintain_order=True)
    return pl.concat([ended, last.select(ended.columns)])
