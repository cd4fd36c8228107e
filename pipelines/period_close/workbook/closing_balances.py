"""Closing balances: what each position, an account in a currency, closed with, last."""

from datetime import date

import polars as pl


def last_closing_balances(positions: pl.DataFrame, on: date) -> pl.DataFrame:
    """The last known closing of each position on or before a day.

    Args:
        positions: rows of `gold/fct_cash_position`, one per account, currency and day.
        on: the last day that counts.

    Returns:
        One row per account and currency with all columns, in the order of entity and account.
    """
    known = positions.filter(pl.col("date") <= on).sort("date")
    last = known.group_by("account_id", "currency", maintain_order=True).last()
    return last.select(positions.columns).sort("entity_id", "account_id", "currency")
