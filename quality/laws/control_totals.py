"""Control totals: what a file states of itself is what was counted in it."""

from quality.laws.law import Law

_DAYS_APART = 31
"""For how long the totals of a file that hold are said file by file; older ones are summed up."""


def _of(feed: str, name: str, what: str) -> Law:
    return Law(
        name=name,
        statement=f"Each count and each sum that {what} states of itself is what its rows come to.",
        source="Batch control totals: BAI2 49/98/99, SWIFT :90C:/:90D:, ISO 20022 NbOfTxs, CtrlSum "
        "and TxsSummry, totals of reports and tables",
        needs=("control.stated_totals", "control.files"),
        unit="kinds of totals",
        query=f"""
            with decided as (
                select distinct feed, sha256 from control.files where state in ('loaded', 'empty')
            ),
            held as (
                select file, place, stated, counted, holds, arrival_date,
                    name || coalesce(' in ' || currency, '') as name,
                    row_number() over (
                        partition by file, name, currency, place order by stated, counted
                    ) as repeated
                from control.stated_totals semi join decided using (feed, sha256)
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
            from held
        """,
    )


OF_FILES: tuple[Law, ...] = (
    _of("feed = 'statements'", "statement_totals", "a bank statement"),
    _of("feed = 'payments'", "payment_totals", "a payment message"),
    _of("feed = 'settlements'", "settlement_totals", "a settlement report"),
    _of(
        "feed not in ('statements', 'payments', 'settlements')",
        "table_totals",
        "a table, a journal or a register",
    ),
)
"""One law for each kind of file; a total that does not hold stands for itself."""
