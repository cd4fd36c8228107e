{# From every closed period onwards, as long as one closed period follows another: what is known
   after all of these were closed lands in the period that follows them. #}
with chains as (
    select
        dated.period as dated_period,
        later.period_number,
        {{ add_days('later.last_day', 1) }} as landing_day,
        later.period_number - dated.period_number + 1 as length,
        row_number() over (partition by dated.period order by later.period_number) as closed_so_far,
        max(later.closed_as_of) over (
            partition by dated.period order by later.period_number
            rows between unbounded preceding and current row
        ) as known_after
    from {{ ref('int_period_closes') }} as dated
    inner join {{ ref('int_period_closes') }} as later on dated.period_number <= later.period_number
)

select
    chains.dated_period,
    {{ period_of('chains.landing_day') }} as accounting_period,
    chains.known_after,
    following.closed_as_of as known_until
from chains
left join {{ ref('int_period_closes') }} as following
    on chains.period_number + 1 = following.period_number
where chains.length = chains.closed_so_far
