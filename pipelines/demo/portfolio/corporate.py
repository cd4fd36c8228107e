"""What the house pays and bears for itself: wages, suppliers, taxes, bank charges."""

from datetime import date

import numpy as np
import polars as pl

from pipelines.demo.portfolio.payment import none, payments
from pipelines.demo.world.iban import BANKS, ibans
from pipelines.demo.world.institution import ACCOUNT_CURRENCY, SUPPLIERS, TREASURY_ACCOUNT
from pipelines.demo.world.timeline import AHEAD, DAY, World, day_of, number

_MORNING = 32_400_000_000
"""Nine in the morning in microseconds of the day: when the house orders its payments."""


def corporate_payments(world: World) -> pl.DataFrame:
    """Payroll at month end, suppliers on Thursdays, taxes each quarter.

    One row per payment.
    """
    payments_made = [none()]
    months = _months(world)
    for year, month in months:
        payments_made += [_payroll(world, year, month, treasury) for treasury in (0, 1)]
        if month % 3 == 0:
            payments_made.append(_tax(world, number(date(year, month, 20))))
    thursdays = [day for day in range(world.first, world.last + AHEAD + 1) if (day + 3) % 7 == 3]
    payments_made += [
        _suppliers(world, day, treasury) for day in thursdays for treasury in range(3)
    ]
    inside = pl.col("day").is_between(world.first, world.last + AHEAD)
    return pl.concat(payments_made).filter(inside)


def _months(world: World) -> list[tuple[int, int]]:
    days = (day_of(day) for day in range(world.first, world.last + AHEAD + 1))
    return sorted({(day.year, day.month) for day in days})


def _payroll(world: World, year: int, month: int, treasury: int) -> pl.DataFrame:
    account = int(TREASURY_ACCOUNT[treasury])
    staff = max(6 - 3 * treasury, world.customers // (70, 200)[treasury])
    who = np.arange(staff, dtype=np.int64) + 100_000 * treasury
    day = int(world.calendars.business(treasury, number(date(year, month, 26)), -1)[0])
    pay = world.streams.lognormal(310_000, 0.3, "salary", who).round(-2).astype(np.int64)
    return _outgoing(
        pl.DataFrame({"who": who, "amount": pay}), account, day, "payroll", "2300",
        names=pl.format("Employee {}", pl.col("who").cast(pl.String).str.zfill(6)),
        account_numbers=world.streams.whole(10**9, 10**10 - 1, "staff account", who),
        reference=pl.format("EW{}{}", pl.lit(f"{year}{month:02d}"), "who"),
        text=f"Salary {year}-{month:02d}", route="payroll",
    )  # fmt: skip


def _suppliers(world: World, thursday: int, treasury: int) -> pl.DataFrame:
    account = int(TREASURY_ACCOUNT[treasury])
    day = int(world.calendars.business(treasury, thursday)[0])
    which = np.arange(len(SUPPLIERS), dtype=np.int64)
    due = world.streams.chance(0.35, "invoice", which, thursday, treasury)
    which = which[due]
    scale = max(world.customers / 2_000, 0.02)
    price = world.streams.lognormal(
        150_000 * scale, 0.8, "invoice amount", which, thursday, treasury
    )
    invoice = pl.lit(f"{thursday}") + pl.col("who").cast(pl.String).str.zfill(2)
    return _outgoing(
        pl.DataFrame({"who": which, "amount": np.maximum(price.astype(np.int64), 1_000)}),
        account, day, "supplier", "2100",
        names=pl.col("who").replace_strict(
            list(range(len(SUPPLIERS))), list(SUPPLIERS), return_dtype=pl.String
        ),
        account_numbers=2_000_000_000 + which * 104_729,
        reference=pl.format("ES{}{}", pl.lit(treasury), invoice),
        text="Invoice", route="batch",
    )  # fmt: skip


def _tax(world: World, day: int) -> pl.DataFrame:
    settled = int(world.calendars.business(0, day)[0])
    return _outgoing(
        pl.DataFrame({"who": np.array([0]), "amount": np.array([world.customers * 2_400 + 731])}),
        0, settled, "tax", "2400", names=pl.lit("Finanzamt Zentral"),
        account_numbers=np.array([3_000_000_017]),
        reference=pl.lit(f"EX{settled}"), text="Insurance tax", route="single",
    )  # fmt: skip


def _outgoing(
    rows: pl.DataFrame,
    account: int,
    day: int,
    category: str,
    contra: str,
    *,
    names: pl.Expr,
    account_numbers: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    reference: pl.Expr,
    text: str,
    route: str,
) -> pl.DataFrame:
    rows = rows.with_columns(end_to_end_id=reference)
    return payments(
        rows,
        payment_id="PM" + pl.col("end_to_end_id"),
        direction=pl.lit("outgoing"),
        category=pl.lit(category),
        account=pl.lit(account),
        name=names,
        iban=ibans("DE", BANKS["DE"][0], account_numbers),
        channel=pl.lit("transfer"),
        provider=pl.lit("bank"),
        obligation_id=pl.format("INV-{}", "end_to_end_id"),
        started=pl.lit((day - 1) * DAY + _MORNING),
        day=pl.lit(day),
        route=pl.lit(route),
        fate=pl.lit("paid"),
        ended=pl.lit(-1, pl.Int64),
        reported=pl.lit(-1, pl.Int64),
        contra=pl.lit(contra),
        text=pl.format("{} {}", pl.lit(text), "end_to_end_id"),
    )


def bank_charges(world: World) -> pl.DataFrame:
    """Account, day, amount (negative) and late booking of each month's charges by the banks.

    One row per account and month.
    """
    rows = []
    for year, month in _months(world):
        for account, currency in enumerate(ACCOUNT_CURRENCY):
            opened = number(date(year + month // 12, month % 12 + 1, 1)) - 1
            day = int(world.calendars.business(int(currency), opened + 1, -1)[0])
            if not world.first <= day <= world.last:
                continue
            cents = int(world.streams.whole(900, 14_500, "charge", account, day)[0])
            lag = int(world.streams.whole(1, 5, "charge lag", account, day)[0])
            booked = bool(world.streams.chance(0.85, "charge booked", account, day)[0])
            rows.append((account, day, -cents, lag, booked))
    schema = {
        "account": pl.Int64,
        "day": pl.Int64,
        "amount": pl.Int64,
        "lag": pl.Int64,
        "booked": pl.Boolean,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
