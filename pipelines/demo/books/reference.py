"""Reference data delivered on the first day: own accounts, chart of accounts, holidays."""

import polars as pl

from pipelines.demo.books.treasury import minimum_balances
from pipelines.demo.world.institution import BANKS, CHART, ENTITIES, accounts
from pipelines.demo.world.money import money, on
from pipelines.demo.world.timeline import CURRENCIES, World, bank_holidays, day_of


def account_rows(world: World) -> pl.DataFrame:
    """Rows of `accounts`: our own, with the treasurer's floor."""
    own_accounts = accounts()
    frame = pl.DataFrame(
        {
            "account_id": [a.iban for a in own_accounts],
            "entity_id": [ENTITIES[a.entity] for a in own_accounts],
            "servicer": [BANKS[a.bank].bic for a in own_accounts],
            "account_name": [a.name for a in own_accounts],
            "currency": [CURRENCIES[a.currency] for a in own_accounts],
            "ledger_account_code": [a.code for a in own_accounts],
            "floor": minimum_balances(world),
        }
    )
    return frame.with_columns(
        arrival=pl.lit(world.first, pl.Int64),
        account_kind=pl.lit("own"),
        customer_id=pl.lit(None, pl.String),
        opened_date=on(pl.lit(world.first - 2_000, pl.Int64)),
        minimum_balance=money("floor"),
        frequency=pl.lit("daily"),
        district=pl.lit(None, pl.String),
    )


def chart_rows(world: World) -> pl.DataFrame:
    """Rows of `chart_of_accounts`: one cash account per bank account, then the others."""
    cash = [(a.code, f"Cash {a.name}", "asset", None, True) for a in accounts()]
    other = [(*row, False) for row in CHART]
    return pl.DataFrame(
        [*cash, *other],
        schema=["account_code", "account_name", "account_class", "cash_flow_category", "is_cash"],
        orient="row",
    ).with_columns(arrival=pl.lit(world.first, pl.Int64))


def holiday_rows(world: World) -> pl.DataFrame:
    """Rows of `holidays` for the calendars that our banks keep."""
    listed = bank_holidays(day_of(world.first), day_of(world.last))
    return pl.DataFrame(
        listed, schema=["calendar", "holiday_date", "holiday_name"], orient="row"
    ).with_columns(arrival=pl.lit(world.first, pl.Int64))
