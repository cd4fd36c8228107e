"""No document vanishes: what bronze holds counts in silver, or is superseded by name."""

from datetime import date

import duckdb
import polars as pl

from quality.contract import Contract, contracts
from quality.controls.control import Control

_INPUT = {
    "table": pl.String(),
    "bronze_rows": pl.Int64(),
    "bronze_amount": pl.Decimal(38, 3),
    "silver_rows": pl.Int64(),
    "silver_amount": pl.Decimal(38, 3),
}


def counted_rows(
    con: duckdb.DuckDBPyConnection, tables: frozenset[str], as_of: date
) -> pl.DataFrame:
    """Rows and money in bronze and in staging; one row per bronze table, columns of `_INPUT`.

    What somebody withdrew is on record by name and has a control of its own.
    """
    asked = [
        _asked(each, withdrawals="control.withdrawals" in tables)
        for each in contracts().values()
        if {f"bronze.{each.name}", f"silver.stg_{each.name}"} <= tables
    ]
    if not asked:
        return pl.DataFrame(schema=_INPUT)
    return con.execute(" union all ".join(asked), {"as_of": as_of}).pl().cast(pl.Schema(_INPUT))


_NOT_WITHDRAWN = """
    and not exists (
        select 1 from (
            select *, row_number() over (
                partition by sha256, source_row, source_path order by decided_at desc) as recency
            from control.withdrawals where as_of <= $as_of
        ) as newest
        where recency = 1 and action = 'withdrawn' and newest.sha256 = source_sha256
            and (newest.source_row is null or newest.source_row = recorded.source_row)
            and (newest.source_path is null or newest.source_path = recorded.source_path)
    )
"""


def _asked(each: Contract, *, withdrawals: bool) -> str:
    money = f"coalesce(sum(cast({each.amount or '0'} as decimal(38,3))), 0)::decimal(38,3)"
    known = "known_at < cast($as_of as date) + interval 1 day"
    return f"""
        select '{each.name}' as "table", bronze.rows as bronze_rows,
            bronze.amount as bronze_amount, silver.rows as silver_rows,
            silver.amount as silver_amount
        from (
            select count(*) as rows, {money} as amount from bronze.{each.name} as recorded
            where {known} and ({each.counted_where or "true"})
            {_NOT_WITHDRAWN if withdrawals else ""}
        ) as bronze
        cross join (
            select count(*) as rows, {money} as amount from silver.stg_{each.name}
        ) as silver
    """


_MEASURES = {
    "rows": ("bronze_rows", "silver_rows", "superseded_rows"),
    "amounts": ("bronze_amount", "silver_amount", "superseded_amount"),
}

COUNTED = Control(
    name="documents_counted",
    statement="Every row of bronze, and its money, counts in silver or belongs to a version of a "
    "document that was superseded by name.",
    source="Audit assertions of completeness and occurrence (ISA 315)",
    needs=("silver.stg_superseded_documents",),
    unit="tables",
    prepare=counted_rows,
    query="""with superseded as (
        select table_name, sum(rows) as rows, sum(coalesce(amount, 0)) as amount
        from silver.stg_superseded_documents group by table_name
    ), measured as (
        select control_input.*, coalesce(superseded.rows, 0) as superseded_rows,
            coalesce(superseded.amount, 0) as superseded_amount
        from control_input left join superseded on control_input."table" = superseded.table_name
    ) """
    + " union all ".join(
        f"""select '{name}' as heading, 'bronze.' || "table" || ': {name}' as scope,
            {bronze} as expected, {silver} + {superseded} as actual,
            'bronze holds ' || {bronze} || ', silver counts ' || {silver} || ' and ' || {superseded}
                || ' were superseded by name (silver.stg_superseded_documents): '
                || ({bronze} - {silver} - {superseded}) || ' vanished or were doubled' as detail
        from measured"""
        for name, (bronze, silver, superseded) in _MEASURES.items()
    ),
)
"""A document that leaves silver for any other reason than a later version fails it."""
