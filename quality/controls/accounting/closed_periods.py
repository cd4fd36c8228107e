"""A closed period stays as it was closed."""

from quality.controls.control import Control

CLOSED_PERIODS = Control(
    name="closed_periods",
    statement="The closing balance of an account in a closed period is what it was when the period "
    "was closed; what became known later counts in a later period.",
    source="Period lock: a closed period is not restated",
    needs=("control.period_closes", "silver.recon_roll_forward"),
    unit="balances of closed periods",
    query="""
        with newest as (
            select *, row_number() over (partition by period order by closed_at desc) as recency
            from control.period_closes where as_of <= $as_of
        ),
        closed as (select * from newest where recency = 1 and action = 'closed'),
        as_closed as (
            select period, balance.account_id as account_id, balance.currency as currency,
                balance.side as side, balance.closing as closing
            from (select period, unnest(balances) as balance from closed)
        ),
        now as (
            select period, account_id, currency, side, closing
            from silver.recon_roll_forward where period in (select period from closed)
        )
        select period || ' ' || currency || ' ' || side as heading,
            period || ' ' || account_id || ' ' || currency || ' ' || side as scope,
            coalesce(as_closed.closing, 0) as expected, coalesce(now.closing, 0) as actual,
            'closed with ' || coalesce(as_closed.closing, 0) || ', and now '
                || coalesce(now.closing, 0)
                || ': what was known before the close has changed since' as detail
        from as_closed full join now using (period, account_id, currency, side)
    """,
)
