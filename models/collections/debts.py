"""Debts: the overdue instalments of one loan or policy together, as they stood on a day."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import polars as pl

from models.collections.inputs import PAID_WITHIN_DAYS, CollectionsInputs

BEHAVIOUR_FEATURES: tuple[str, ...] = (
    "days_past_due",
    "overdue_instalments",
    "billed_amount",
    "is_loan",
    "paid_before",
    "usual_days_late",
    "most_days_late",
    "days_over_usual",
    "days_since_paid",
    "day_of_month",
)
"""Features of a debt that its own instalments give: its age and size, and how it was paid
before."""

_KEY = ("obligation_id", "currency")


def instalments(inputs: CollectionsInputs) -> pl.DataFrame:
    """Loan and premium instalments: one row per instalment, cancelled ones left out.

    Columns: obligation_id, is_loan, instalment_id, customer_id, entity_id, due_date, amount,
    currency, outstanding_amount, days_late, and `paid_date`, the day on which it was paid in full.
    """
    columns = (
        "obligation_id", "is_loan", "instalment_id", "customer_id", "entity_id", "due_date",
        "amount", "currency", "outstanding_amount", "days_late",
    )  # fmt: skip
    loans = inputs.loans.with_columns(obligation_id="loan_id", is_loan=pl.lit(value=True))
    premiums = inputs.premiums.with_columns(obligation_id="policy_id", is_loan=pl.lit(value=False))
    both = pl.concat(
        frame.filter(pl.col("state") != "cancelled").select(columns) for frame in (loans, premiums)
    )
    return both.with_columns(paid_date=pl.col("due_date") + pl.duration(days="days_late"))


def snapshots(every_instalment: pl.DataFrame, days: Sequence[date]) -> pl.DataFrame:
    """The debts of several days: one row per day, contract and currency; see `debts_on`."""
    return pl.concat([debts_on(every_instalment, day) for day in days])


def debts_on(every_instalment: pl.DataFrame, day: date) -> pl.DataFrame:
    """The debts that were overdue at the end of a day.

    One row per contract and currency: whose it is, `date`, `event_timestamp` (end of the day),
    `outstanding_amount` (of those instalments as we know it now), the columns of
    `BEHAVIOUR_FEATURES` as they were, and `is_paid` (whether all of it was paid within
    `PAID_WITHIN_DAYS`; as far as we know).
    """
    is_open = pl.col("paid_date").is_null() | (pl.col("paid_date") > day)
    paid_in_time = pl.col("paid_date") <= day + timedelta(days=PAID_WITHIN_DAYS)
    overdue = every_instalment.filter((pl.col("due_date") < day) & is_open)
    debts = overdue.group_by(_KEY).agg(
        pl.first("customer_id", "entity_id", "is_loan"),
        pl.sum("outstanding_amount"),
        (pl.lit(day) - pl.col("due_date").min()).dt.total_days().alias("days_past_due"),
        pl.len().cast(pl.Int64).alias("overdue_instalments"),
        pl.sum("amount").alias("billed_amount"),
        paid_in_time.fill_null(value=False).all().alias("is_paid"),
    )
    behaviour = every_instalment.filter(pl.col("paid_date") <= day).group_by(_KEY).agg(
        pl.len().cast(pl.Int64).alias("paid_before"),
        pl.col("days_late")
        .sort_by("due_date", "instalment_id")
        .tail(6)
        .mean()
        .alias("usual_days_late"),
        pl.col("days_late").max().alias("most_days_late"),
        (pl.lit(day) - pl.col("paid_date").max()).dt.total_days().alias("days_since_paid"),
    )  # fmt: skip
    end = datetime.combine(day, time(23, 59, 59), UTC)
    return debts.join(behaviour, on=_KEY, how="left").sort(_KEY).with_columns(
        paid_before=pl.col("paid_before").fill_null(0),
        days_over_usual=pl.col("days_past_due") - pl.col("usual_days_late"),
        day_of_month=pl.lit(day.day, pl.Int64),
        date=pl.lit(day),
        event_timestamp=pl.lit(end).cast(pl.Datetime("us", "UTC")),
    )  # fmt: skip


def snapshot_days(as_of: date, weeks: int) -> list[date]:
    """The snapshot days whose outcome is known by `as_of`, earliest first."""
    last = as_of - timedelta(days=PAID_WITHIN_DAYS)
    return [last - timedelta(days=7 * back) for back in reversed(range(weeks))]
