"""Control totals: what a file states of itself is what was counted in it."""

from collections.abc import Iterable
from datetime import date

import duckdb
import polars as pl

from quality.contract import contracts
from quality.controls.control import Control

_DAYS_APART = 31
"""Days for which passing totals are reported file by file (a month: as long as a statement is
queried); older ones are summed up in one line a kind."""


_NO_LONGER_COUNTS = {"sha256": pl.String()}


def files_that_no_longer_count(
    con: duckdb.DuckDBPyConnection, tables: frozenset[str], as_of: date
) -> pl.DataFrame:
    """Files with a false total that were withdrawn whole or superseded; one row per file: sha256.

    What they state has no part in any figure: a withdrawal is on record with who and why, and what
    was superseded is named in silver.
    """
    asked: list[str] = []
    if "control.withdrawals" in tables:
        asked.append(_WITHDRAWN)
    if "silver.stg_superseded_documents" in tables:
        asked.append(_superseded(con, tables))
    if not asked or not {"control.stated_totals"} <= tables:
        return pl.DataFrame(schema=_NO_LONGER_COUNTS)
    query = f"""
        with false_totals as (
            select distinct file, sha256 from control.stated_totals where not holds
        ) {" union ".join(asked)}
    """
    given = {"as_of": as_of} if "$as_of" in query else {}
    return con.execute(query, given).pl().cast(pl.Schema(_NO_LONGER_COUNTS))


_WITHDRAWN = """
    select sha256 from (
        select *, row_number() over (partition by sha256 order by decided_at desc) as recency
        from control.withdrawals
        where as_of <= $as_of and source_row is null and source_path is null
    ) as newest
    where recency = 1 and action = 'withdrawn'
"""


def _superseded(con: duckdb.DuckDBPyConnection, tables: frozenset[str]) -> str:
    """Files that are named as superseded and of which no row stands."""
    standing = " union ".join(
        f"select source_file from silver.stg_{name}" for name in _that_say_their_file(con, tables)
    )
    still = f"and file not in (select source_file from ({standing}))" if standing else ""
    return f"""
        select sha256 from false_totals
        where file in (select source_file from silver.stg_superseded_documents) {still}
    """


def _that_say_their_file(con: duckdb.DuckDBPyConnection, tables: frozenset[str]) -> Iterable[str]:
    for each in contracts().values():
        if each.layer == "bronze" and f"silver.stg_{each.name}" in tables:
            columns = con.execute(f"describe silver.stg_{each.name}").fetchall()
            if "source_file" in {name for name, *_ in columns}:
                yield each.name


def _of(feed: str, name: str, what: str) -> Control:
    return Control(
        name=name,
        statement=f"Each count and each sum that {what} states of itself is what its rows come to.",
        source="Batch control totals: BAI2 49/98/99, SWIFT :90C:/:90D:, ISO 20022 NbOfTxs, CtrlSum "
        "and TxsSummry, totals of reports and tables",
        needs=("control.stated_totals", "control.files"),
        unit="kinds of totals",
        prepare=files_that_no_longer_count,
        query=f"""
            with decided as (
                select distinct feed, sha256 from control.files where state in ('loaded', 'empty')
            ),
            totals as (
                select file, place, stated, counted, holds, arrival_date,
                    name || coalesce(' in ' || currency, '') as name,
                    row_number() over (
                        partition by file, name, currency, place order by stated, counted
                    ) as repeated
                from control.stated_totals semi join decided using (feed, sha256)
                anti join control_input using (sha256)
                where {feed} and arrival_date <= $as_of
            )
            select name || ' of ' || if(
                    arrival_date > cast($as_of as date) - interval {_DAYS_APART} day, file, 'files'
                ) as heading,
                name || ' of ' || file || coalesce(' at ' || place, '')
                    || if(repeated > 1, ' (' || repeated || ')', '') as scope,
                stated as expected, counted as actual, file, place,
                stated is not null and (holds or stated <> counted) as is_known,
                coalesce('states ' || stated, 'states no number') || ', counted ' || counted
                    || coalesce(': difference ' || (counted - stated), '')
                    || ' (' || name || ' in ' || file || coalesce(', ' || place, '') || ')'
                    as detail
            from totals
        """,
    )


OF_FILES: tuple[Control, ...] = (
    _of("feed = 'statements'", "statement_totals", "a bank statement"),
    _of("feed = 'payments'", "payment_totals", "a payment message"),
    _of("feed = 'settlements'", "settlement_totals", "a settlement report"),
    _of(
        "feed not in ('statements', 'payments', 'settlements')",
        "table_totals",
        "a table, a journal or a register",
    ),
)
"""One control for each kind of file; a total that does not hold is a scope of its own."""
