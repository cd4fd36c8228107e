"""Loans, their annuity schedules, and their states."""

import numpy as np
import polars as pl

from pipelines.demo.world.institution import LOAN_ACCOUNT
from pipelines.demo.world.money import currency_code, moment, money, on
from pipelines.demo.world.timeline import AHEAD, World

_TERMS = np.array([12, 24, 36, 48])
"""Months of a consumer loan."""

_DUE_DAYS = np.array([1, 5, 15, 28])
"""Days of the month on which instalments fall due."""

_CHANNELS = np.array(["direct_debit", "transfer", "card"])
"""How a borrower pays."""


def loans_of(world: World, people: pl.DataFrame) -> pl.DataFrame:
    """Loans in euro and sterling that still run on the first day, or begin later.

    One row per loan.
    """
    streams, customer = world.streams, people["customer"].to_numpy()
    term = _TERMS[streams.pick((0.2, 0.4, 0.3, 0.1), "loan term", customer)]
    granted = world.first + streams.whole(-900, 300, "granted", customer)
    rate = 0.039 + 0.09 * streams.uniform("rate", customer)
    rate = np.round(rate + 0.03 * (people["behaviour"].to_numpy() == 2), 4)
    principal = (
        streams.lognormal(650_000, 0.6, "principal", customer).round(-4).astype(np.int64) + 50_000
    )
    monthly = rate / 12
    instalment = np.round(principal * monthly / (1 - (1 + monthly) ** -term)).astype(np.int64)
    wants = streams.chance(0.38, "borrows", customer) & (people["currency"].to_numpy() < 2)
    runs = (granted + 31 * (term + 1) > world.first) & (granted <= world.last + AHEAD)
    granted = world.calendars.business(people["currency"].to_numpy(), granted)
    return (
        people.with_columns(
            loan=pl.Series(customer),
            loan_id=pl.format("L{}", pl.col("customer").cast(pl.String).str.zfill(8)),
            term_months=pl.Series(term),
            granted=pl.Series(granted),
            rate=pl.Series(rate),
            principal=pl.Series(principal),
            instalment=pl.Series(instalment),
            due_day=pl.Series(_DUE_DAYS[streams.pick((0.3, 0.2, 0.2, 0.3), "due day", customer)]),
            channel=pl.Series(_CHANNELS[streams.pick((0.5, 0.32, 0.18), "loan channel", customer)]),
            account=pl.Series(LOAN_ACCOUNT[people["currency"].to_numpy()]),
        )
        .filter(pl.Series(wants & runs))
        .sort("loan")
    )


def schedule_of(loans: pl.DataFrame) -> pl.DataFrame:
    """One row per instalment: due date, principal and interest part in minor units.

    An annuity: interest on what is left, the rest of the level instalment repays; the last one
    takes the remainder.
    """
    parts = []
    left = loans["principal"].to_numpy().astype(np.int64)
    monthly, level = loans["rate"].to_numpy() / 12, loans["instalment"].to_numpy()
    terms = loans["term_months"].to_numpy()
    for k in range(int(terms.max(initial=0))):
        interest = np.round(left * monthly).astype(np.int64)
        repaid = np.where(k == terms - 1, left, np.minimum(level - interest, left))
        parts.append(
            loans.with_columns(
                k=pl.lit(k, pl.Int64),
                principal_due=pl.Series(repaid),
                interest_due=pl.Series(interest),
            ).filter(pl.Series(k < terms))
        )
        left = left - repaid
    if not parts:
        return loans.clear().with_columns(
            k=pl.lit(0, pl.Int64), principal_due=pl.lit(0), interest_due=pl.lit(0)
        ).pipe(_as_obligations)  # fmt: skip
    return _as_obligations(pl.concat(parts)).sort("owner", "k")


def _as_obligations(rows: pl.DataFrame) -> pl.DataFrame:
    granted = pl.col("granted").cast(pl.Int32).cast(pl.Date)
    month_start = granted.dt.truncate("1mo").dt.offset_by(pl.format("{}mo", pl.col("k") + 1))
    return rows.with_columns(
        due=month_start.cast(pl.Int32).cast(pl.Int64) + pl.col("due_day") - 1,
        amount=pl.col("principal_due") + pl.col("interest_due"),
        key=pl.col("loan") * 64 + pl.col("k"),
        owner=pl.col("loan"),
        obligation_id=pl.format("{}-{}", "loan_id", (pl.col("k") + 1).cast(pl.String).str.zfill(2)),
        kind=pl.lit("loan"),
    )


def schedule_rows(world: World, schedule: pl.DataFrame) -> pl.DataFrame:
    """Rows of `loan_schedules`, delivered with the loan."""
    return schedule.select(
        arrival=pl.max_horizontal("granted", pl.lit(world.first, pl.Int64)),
        loan_id="loan_id",
        instalment_number=pl.col("k") + 1,
        instalment_id="obligation_id",
        due_date=on("due"),
        principal_due=money("principal_due"),
        interest_due=money("interest_due"),
        amount_due=money("amount"),
        currency=currency_code(),
    )


def loan_rows(world: World, loans: pl.DataFrame, defaulted: pl.DataFrame) -> pl.DataFrame:
    """Rows of `loans`: when granted (or on the first day) and again when one defaults.

    Args:
        world: the world.
        loans: from `loans_of`.
        defaulted: owner and default day of those whose instalment stayed unpaid.
    """
    with_default = loans.join(
        defaulted, left_on="loan", right_on="owner", how="left", maintain_order="left"
    )
    begins = with_default.with_columns(
        arrival=pl.max_horizontal("granted", pl.lit(world.first, pl.Int64)), status=pl.lit("active")
    ).filter(pl.col("lapse").is_null() | (pl.col("lapse") > world.first))
    fails = with_default.filter(pl.col("lapse").is_not_null()).with_columns(
        arrival=pl.max_horizontal("lapse", pl.lit(world.first, pl.Int64)),
        status=pl.lit("defaulted"),
    )
    return pl.concat([begins, fails]).select(
        "arrival",
        "loan_id",
        entity_id=pl.lit("CH-LEND"),
        customer_id="customer_id",
        account_id=pl.lit(None, dtype=pl.String),
        granted_date=on("granted"),
        principal=money("principal"),
        currency=currency_code(),
        term_months="term_months",
        instalment_amount=money("instalment"),
        interest_rate=pl.col("rate").round(4).cast(pl.Decimal(18, 8)).cast(pl.String),
        payment_channel="channel",
        status="status",
        updated_at=moment(pl.col("arrival"), 5),
    )
