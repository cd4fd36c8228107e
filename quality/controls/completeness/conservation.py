"""Nothing is lost and nothing is doubled between a file and the tables it went into."""

from datetime import date

import duckdb
import polars as pl

from quality.contract import contracts
from quality.controls.control import Control

_SOURCE = "Completeness of data taken in (BCBS 239, principle 4): rows in = loaded + quarantined"

_FILES = """
    select feed, file, sha256, arrival_date, rows_in, rows_loaded, rows_quarantined,
        amount_in, amount_loaded, amount_quarantined, rows_of_unknown_amount
    from control.files
    where state in ('loaded', 'empty') and arrival_date <= $as_of
"""

_CARRYING = ", ".join(f"'{each.name}'" for each in contracts().values() if each.amount) or "''"
"""The tables whose rows have an amount: one in quarantine without it has an unknown one."""

_STORED = f"""
    select files.feed, files.file, files.arrival_date, files.rows_in, files.rows_loaded,
        files.rows_quarantined, files.amount_in, files.amount_loaded, files.amount_quarantined,
        files.rows_of_unknown_amount, coalesce(refused.unknown, 0) as refused_unknown,
        coalesce(bronze.rows, 0) as bronze_rows, coalesce(bronze.amount, 0) as bronze_amount,
        coalesce(refused.rows, 0) as refused_rows, coalesce(refused.amount, 0) as refused_amount
    from files
    left join (
        select sha256, sum(rows) as rows, sum(amount) as amount from control_input group by sha256
    ) as bronze using (sha256)
    left join (
        select sha256, count(*) as rows, sum(coalesce(amount, 0)) as amount,
            count(*) filter (amount is null and "table" in ({_CARRYING})) as unknown
        from control.quarantine group by sha256
    ) as refused using (sha256)
"""


def _measured(
    scope: str, measures: dict[str, tuple[str, str]], source: str, file: str = "null"
) -> str:
    return " union all ".join(
        f"select feed || ': {name}' as heading, {scope} || ': {name}' as scope,"
        f" {expected} as expected, {actual} as actual, cast(null as varchar) as detail,"
        f" cast({file} as varchar) as file"
        f" from {source}"
        for name, (expected, actual) in measures.items()
    )


def bronze_tallies(
    con: duckdb.DuckDBPyConnection, tables: frozenset[str], as_of: date
) -> pl.DataFrame:
    """Rows and money of each file in each bronze table: table, sha256, rows, amount."""
    asked = [
        f"select '{each.name}' as \"table\", source_sha256 as sha256, count(*) as rows,"
        f" cast(sum(cast({each.amount or '0'} as decimal(38,3))) as decimal(38,3)) as amount"
        f" from bronze.{each.name}"
        " where known_at < cast($as_of as date) + interval 1 day group by source_sha256"
        for each in contracts().values()
        if f"bronze.{each.name}" in tables
    ]
    nothing = "select '' as \"table\", '' as sha256, 0 as rows, 0::decimal(38,3) as amount where"
    query = " union all ".join([f"{nothing} $as_of is null", *asked])
    return con.execute(query, {"as_of": as_of}).pl()


FILES = Control(
    name="file_conservation",
    statement="Every row of a file, and its money, is loaded or in quarantine; bronze holds what "
    "was counted as loaded, the quarantine what was counted as refused.",
    source=_SOURCE,
    needs=("control.files", "control.quarantine"),
    unit="files",
    prepare=bronze_tallies,
    query=f"with files as ({_FILES}), stored as ({_STORED}) "
    + _measured(
        "file",
        {
            "rows": ("rows_in", "rows_loaded + rows_quarantined"),
            "amounts": ("amount_in", "amount_loaded + amount_quarantined"),
            "rows in bronze": ("rows_loaded", "bronze_rows"),
            "amounts in bronze": ("amount_loaded", "bronze_amount"),
            "rows in quarantine": ("rows_quarantined", "refused_rows"),
            "amounts in quarantine": ("amount_quarantined", "refused_amount"),
            "rows of unknown amount": (
                "coalesce(rows_of_unknown_amount, refused_unknown)",
                "refused_unknown",
            ),
        },
        "stored",
        file="file",
    ),
)

DAYS = Control(
    name="day_conservation",
    statement="What a feed brought in on a day is in bronze or in quarantine, in rows and money.",
    source=_SOURCE,
    needs=("control.files", "control.quarantine"),
    unit="days",
    prepare=bronze_tallies,
    query=f"""with files as ({_FILES}), stored as ({_STORED}), days as (
        select feed, arrival_date, sum(rows_in) as rows_in, sum(amount_in) as amount_in,
            sum(bronze_rows + refused_rows) as rows_kept,
            sum(bronze_amount + refused_amount) as amount_kept
        from stored group by feed, arrival_date
    ) """
    + _measured(
        "feed || ' ' || arrival_date",
        {"rows": ("rows_in", "rows_kept"), "amounts": ("amount_in", "amount_kept")},
        "days",
    ),
)

ORPHANS = Control(
    name="bronze_rows_have_a_file",
    statement="Every row in bronze came from a file that is on record.",
    source="Audit trail (BCBS 239, principle 3): every figure is traced to the file it came from",
    needs=("control.files",),
    unit="tables",
    prepare=bronze_tallies,
    query=f"""with files as ({_FILES}) select 'bronze' as heading,
        'bronze.' || tallies."table" as scope, sum(tallies.rows) as expected,
        sum(case when files.sha256 is null then 0 else tallies.rows end) as actual,
        cast(null as varchar) as detail
    from control_input as tallies
    left join (select distinct sha256 from files) as files using (sha256)
    group by tallies."table" """,
)
