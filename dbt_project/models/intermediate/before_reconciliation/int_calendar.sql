with stated_days as (
    select booking_date as day from {{ ref('stg_ledger_postings') }}
    union all
    select booking_date as day from {{ ref('stg_statement_entries') }}
    union all
    select balance_date as day from {{ ref('stg_statement_balances') }}
    union all
    select rate_date as day from {{ ref('stg_fx_rates') }}
),

{# A date a century ago is a slip of somebody's pen, not the start of the books. #}
span as (
    select
        greatest(
            coalesce(least(min(day), {{ as_of() }}), {{ as_of() }}),
            {{ add_days(as_of(), -36525) }}
        ) as first_day,
        {{ add_days(as_of(), 400) }} as last_day
    from stated_days
),

days as (
    {{ day_series('span', 'first_day', 'last_day') }}
),

closed as (
    select distinct holiday_date
    from {{ ref('stg_holidays') }}
    where calendar = 'TARGET'
),

marked as (
    select
        days.day,
        {{ weekday_number('days.day') }} <= 5 and closed.holiday_date is null as is_business_day
    from days
    left join closed on days.day = closed.holiday_date
)

select
    day as date,
    is_business_day,
    cast(sum(case when is_business_day then 1 else 0 end) over (
        order by day rows between unbounded preceding and current row
    ) as bigint) as business_day_number
from marked
