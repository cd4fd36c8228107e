"""The proof of a balance: opening, what agrees, what does not, closing, and nothing else.

One row per account, currency, side and accounting period of the reconciliation of the bank with
the ledger. Balances come from statements and from the books; movements come from what the
reconciliation left behind. Neither is derived from the other, so that their agreement is a proof.
"""

from collections.abc import Mapping
from datetime import date

import polars as pl

from quality.reconciliation.sides import MONEY

PROVEN = "ledger_bank"
"""The reconciliation whose left side is the bank and whose right side is the ledger."""

MOVEMENTS = ("matched", "suggested", "adjustments", "open_timing", "open_missing", "open_other")
"""The columns that lead from `opening` to `closing`."""

ROLL_FORWARD: Mapping[str, pl.DataType] = {
    "account_id": pl.String(),
    "currency": pl.String(),
    "side": pl.String(),
    "period": pl.String(),
    "opening": MONEY,
    **dict.fromkeys(MOVEMENTS, MONEY),
    "closing": MONEY,
    "unexplained": MONEY,
    "late": MONEY,
}
"""`unexplained` is closing less everything before it. `late` is the part of the movements that is
dated in an earlier period, which was closed when they became known."""

_KEY = ["account_id", "currency", "side", "period"]


def roll_forward(
    sides: pl.DataFrame,
    matches: pl.DataFrame,
    breaks: pl.DataFrame,
    adjustments: pl.DataFrame,
    *,
    balances: pl.DataFrame,
    postings: pl.DataFrame,
    late: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """Prove the balances of every account, on the bank's side and in the ledger.

    One row per account, currency, side and period, with the columns of `ROLL_FORWARD`.

    Args:
        sides: rows of both sides (`recon`, `side`, `row_id`, `account_id`, `currency`, `date`,
            `amount`).
        matches: see `pipeline.RECON_MATCHES`.
        breaks: see `pipeline.RECON_BREAKS`.
        adjustments: see `pipeline.RECON_ADJUSTMENTS`.
        balances: per bank account and day `opening_balance` and `closing_balance`.
        postings: cash lines of the ledger (`account_id`, `currency`, `booking_date`, `amount`,
            `document_type`).
        late: rows that land in another period than their own (`recon`, `side`, `row_id`,
            `accounting_period`).
        as_of: the day on which we stand; what is dated later is not counted yet.
    """
    rows = _placed(_dated(sides, late, as_of), matches, breaks)
    stated = pl.concat([_of_bank(balances, as_of), _of_ledger(postings, as_of)])
    moved = _moved(rows, _accepted(adjustments, matches))
    carried = _carried(rows)
    frame = (
        stated.join(carried, on=_KEY, how="full", coalesce=True)
        .join(moved, on=_KEY, how="full", coalesce=True)
        .sort(_KEY)
        .with_columns(_onward(pl.col("closing").forward_fill()).fill_null(0).alias("closing"))
        .with_columns(pl.col("opening").fill_null(_onward(pl.col("closing").shift(1))))
        .with_columns(pl.col("opening", "brought", "carried", "late", *MOVEMENTS).fill_null(0))
    )
    before = _onward(pl.col("carried").shift(1)).fill_null(0)
    frame = frame.with_columns(
        (pl.col("opening") - before + pl.col("brought")).alias("opening"),
        (pl.col("closing") - pl.col("carried")).alias("closing"),
    )
    explained = sum((pl.col(name) for name in MOVEMENTS), pl.col("opening"))
    return (
        frame.with_columns((pl.col("closing") - explained).alias("unexplained"))
        .select(*ROLL_FORWARD)
        .cast(pl.Schema(ROLL_FORWARD))
    )


def _onward(expression: pl.Expr) -> pl.Expr:
    """Along the periods of one side of an account; a row may land in a month yet to come."""
    return expression.over(_KEY[:-1], order_by="period")


def period_of(day: pl.Expr) -> pl.Expr:
    """The month of a day, as yyyy-mm."""
    return day.dt.strftime("%Y-%m")


def _dated(sides: pl.DataFrame, late: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The bank's and the ledger's rows, with the period that each is dated in and lands in."""
    key = ["recon", "side", "row_id"]
    rows = sides.filter(pl.col("recon") == PROVEN, pl.col("date") <= as_of)
    rows = rows.select(*key, "account_id", "currency", "date", "amount")
    own = period_of(pl.col("date")).alias("dated")
    return (
        rows.join(late.select(*key, "accounting_period"), on=key, how="left")
        .with_columns(own)
        .with_columns(pl.coalesce("accounting_period", "dated").alias("period"))
    )


def _placed(rows: pl.DataFrame, matches: pl.DataFrame, breaks: pl.DataFrame) -> pl.DataFrame:
    """Each row with the one column of the proof that it belongs to; none when it is lost."""
    key = ["side", "row_id"]
    tiers = matches.filter(pl.col("recon") == PROVEN).sort("tier").unique(key, keep="first")
    kinds = breaks.filter(pl.col("recon") == PROVEN).unique(key)
    missing = pl.col("break_type").is_in(["missing_left", "missing_right"])
    place = (
        pl.when(pl.col("tier") == "auto")
        .then(pl.lit("matched"))
        .when(pl.col("tier").is_not_null())
        .then(pl.lit("suggested"))
        .when(pl.col("break_type") == "timing")
        .then(pl.lit("open_timing"))
        .when(missing)
        .then(pl.lit("open_missing"))
        .when(pl.col("break_type").is_not_null())
        .then(pl.lit("open_other"))
    )
    names = pl.col("side").replace_strict({"left": "bank", "right": "ledger"})
    return (
        rows.join(tiers.select(*key, "tier", "match_id"), on=key, how="left")
        .join(kinds.select(*key, "break_type"), on=key, how="left")
        .with_columns(place.alias("place"), names.alias("side"))
    )


def _accepted(adjustments: pl.DataFrame, matches: pl.DataFrame) -> pl.DataFrame:
    """Adjustments inside accepted matches: match_id and amount, left less right."""
    accepted = matches.filter(pl.col("recon") == PROVEN, pl.col("tier") == "auto")
    own = adjustments.filter(pl.col("recon") == PROVEN).select("match_id", "amount")
    return own.join(accepted.select("match_id").unique(), on="match_id")


def _moved(rows: pl.DataFrame, adjustments: pl.DataFrame) -> pl.DataFrame:
    """Movements by place. A difference leaves `matched` on the side that deviates from the bank.

    That is the ledger's, or the bank's own where a match has no row in the ledger.
    """
    places = [name for name in MOVEMENTS if name != "adjustments"]
    sums = [pl.col("amount").filter(pl.col("place") == name).sum().alias(name) for name in places]
    dated_before = pl.col("amount").filter(pl.col("dated") != pl.col("period")).sum().alias("late")
    deviating = (
        rows.join(adjustments.rename({"amount": "gap"}), on="match_id")
        .sort("side", "row_id", descending=[True, False])  # the ledger before the bank
        .unique("match_id", keep="first", maintain_order=True)
        .with_columns(
            pl.when(pl.col("side") == "bank").then("gap").otherwise(-pl.col("gap")).alias("gap")
        )
        .group_by(_KEY)
        .agg(pl.col("gap").sum())
    )
    return (
        rows.group_by(_KEY)
        .agg(*sums, dated_before)
        .join(deviating, on=_KEY, how="left")
        .with_columns(pl.col("gap").fill_null(0))
        .with_columns(
            (pl.col("matched") - pl.col("gap")).alias("matched"), pl.col("gap").alias("adjustments")
        )
        .drop("gap")
    )


def _carried(rows: pl.DataFrame) -> pl.DataFrame:
    """Per period, what is dated in it or before and counts only in a later one."""
    shifted = rows.filter(pl.col("dated") != pl.col("period"))
    months = pl.date_ranges(
        pl.col("dated").str.to_date("%Y-%m"), pl.col("period").str.to_date("%Y-%m"), "1mo",
        closed="left",
    )  # fmt: skip
    return (
        shifted.with_columns(months.alias("month"))
        .explode("month")
        .with_columns(period_of(pl.col("month")).alias("period"))
        .group_by(_KEY)
        .agg(pl.col("amount").sum().alias("carried"))
    )


def _of_bank(balances: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Stated balances by month: the first day's opening and the last day's closing."""
    return (
        balances.filter(pl.col("date") <= as_of)
        .sort("date")
        .group_by("account_id", "currency", period_of(pl.col("date")).alias("period"))
        .agg(
            pl.col("opening_balance").first().alias("opening"),
            pl.col("closing_balance").last().alias("closing"),
        )
        .select(
            "account_id", "currency", pl.lit("bank").alias("side"), "period", "opening", "closing",
            pl.lit(0, MONEY).alias("brought"),
        )
    )  # fmt: skip


def _of_ledger(postings: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Balances of the books by month; balances brought forward belong to the opening."""
    account = ["account_id", "currency"]
    brought = pl.col("document_type").fill_null("") == "opening"
    booked = postings.filter(pl.col("booking_date") <= as_of)
    months = booked.group_by(
        *account, pl.col("booking_date").dt.truncate("1mo").alias("month")
    ).agg(
        pl.col("amount").sum().alias("net"),
        pl.col("amount").filter(brought).sum().alias("brought"),
    )
    last = date(as_of.year, as_of.month, 1)
    spine = (
        months.group_by(account)
        .agg(pl.col("month").min())
        .with_columns(pl.date_ranges("month", pl.lit(last), "1mo").alias("month"))
        .explode("month")
    )
    closing = pl.col("net").cum_sum().over(account, order_by="month")
    return (
        spine.join(months, on=[*account, "month"], how="left")
        .with_columns(pl.col("net", "brought").fill_null(0))
        .with_columns(closing.alias("closing"))
        .select(
            *account,
            pl.lit("ledger").alias("side"),
            period_of(pl.col("month")).alias("period"),
            (pl.col("closing") - pl.col("net")).cast(MONEY).alias("opening"),
            pl.col("closing").cast(MONEY),
            pl.col("brought").cast(MONEY),
        )
    )
