select
    period,
    first_day,
    last_day(first_day) as last_day,
    cast(extract(year from first_day) * 12 + extract(month from first_day) as bigint) as period_number,
    as_of as closed_as_of,
    actor
from (
    select
        *,
        cast(concat_ws('-', period, '01') as date) as first_day,
        row_number() over (partition by period order by closed_at desc) as recency
    from {{ ref('stg_period_closes') }}
    where as_of <= {{ as_of() }}
) as ranked
where recency = 1 and action = 'closed'
