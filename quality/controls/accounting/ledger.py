"""The books: double entry, and account ledgers that keep a running balance."""

from datetime import date
from decimal import Decimal

import duckdb
import polars as pl

from quality.controls.control import Control
from quality.controls.statement_order import walk

ROUNDING = Decimal("0.10")
"""A bank that keeps hellers and prints crowns states balances up to this far from their sum."""

DOUBLE_ENTRY = Control(
    name="double_entry",
    statement="In every journal of the general ledger debits equal credits, in each currency.",
    source="Double-entry bookkeeping (Pacioli 1494)",
    needs=("silver.stg_ledger_postings",),
    unit="journals",
    query="""
        select 'general ' || currency as heading,
            'general ' || currency || ' ' || journal_id as scope,
            sum(debit) as expected, sum(credit) as actual,
            'booked ' || min(booking_date) || ', ' || count(*) || ' lines' as detail
        from silver.stg_ledger_postings
        where book = 'general'
        group by journal_id, currency
    """,
)


def chained_days(
    con: duckdb.DuckDBPyConnection, tables: frozenset[str], as_of: date
) -> pl.DataFrame:
    """Account-days of single-entry books: book, account, day, rows, chained."""
    rows = con.execute(
        """
        select book, account_code, booking_date, credit - debit as amount, balance_after
        from silver.stg_ledger_postings
        where book <> 'general' and balance_after is not null
        order by book, account_code, booking_date, source_row, journal_id, line_number
        """
    ).pl()
    return walk(rows, tolerance=ROUNDING)


ACCOUNT_CHAIN = Control(
    name="account_chain",
    statement="The movements of an account and day can be put in an order in which each balance "
    "is the one before plus the amount, within 0.10, beginning where the day before ended.",
    source="Roll-forward of a running balance; Berka bank (PKDD'99)",
    needs=("silver.stg_ledger_postings",),
    unit="account-days",
    prepare=chained_days,
    query="""
        select book as heading, book || ' ' || account || ' ' || day as scope,
            1 as expected, cast(chained as integer) as actual,
            'no order of its ' || rows || ' movements chains their balances' as detail
        from control_input
    """,
)
