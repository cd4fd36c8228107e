"""What was withdrawn is on record with its rows, and no withdrawal names nothing."""

from datetime import date

import duckdb
import polars as pl

from quality.contract import contracts
from quality.controls.control import Control


def rows_by_place(
    con: duckdb.DuckDBPyConnection, tables: frozenset[str], as_of: date
) -> pl.DataFrame:
    """Bronze rows of files with withdrawals; one row per row: sha256, source_row, source_path."""
    asked = [
        f"select source_sha256 as sha256, source_row, source_path from bronze.{each.name}"
        " where source_sha256 in (select sha256 from control.withdrawals)"
        for each in contracts().values()
        if f"bronze.{each.name}" in tables
    ]
    nothing = "select '' as sha256, 0::bigint as source_row, '' as source_path where false"
    return con.execute(" union all ".join([nothing, *asked])).pl()


NAMED = Control(
    name="withdrawn_rows_are_there",
    statement="Of the rows that a file loaded, those that somebody withdrew are in bronze, each "
    "with who took it out of the figures and why.",
    source="Manual adjustments are documented (BCBS 239, principle 3): who, when and why",
    needs=("control.withdrawals",),
    unit="withdrawals",
    prepare=rows_by_place,
    query="""
        with newest as (
            select *, row_number() over (
                partition by sha256, source_row, source_path order by decided_at desc) as recency
            from control.withdrawals where as_of <= $as_of
        ),
        standing as (select * from newest where recency = 1 and action = 'withdrawn')
        select feed as heading,
            file || coalesce(' row ' || source_row, '') || coalesce(' ' || source_path, '')
                as scope,
            rows as expected,
            (select count(*) from control_input where control_input.sha256 = standing.sha256
                and (standing.source_row is null or control_input.source_row = standing.source_row)
                and (standing.source_path is null
                    or control_input.source_path = standing.source_path)) as actual,
            'withdrawn by ' || actor || ': ' || reason as detail
        from standing
    """,
)
