with facts as (
    select * from {{ ref('int_account_facts') }}
),

news as (
    select
        position_id,
        known_date as day
    from facts
    union
    select
        position_id,
        superseded_date as day
    from facts
    where superseded_date is not null
),

changes as (
    select
        position_id,
        {{ add_days('fact_date', 7) }} as day
    from facts
    union
    select
        position_id,
        {{ add_days('fact_date', 28) }} as day
    from facts
),

days as (
    {{ feature_days('position_id', 'news', 'changes') }}
),

closings as (
    select
        days.position_id,
        days.day,
        facts.closing_balance,
        {# Of two that were told of one day on the same day the larger counts, as in the facts. #}
        row_number() over (
            partition by days.position_id, days.day
            order by facts.fact_date desc, facts.known_date desc, facts.closing_balance desc
        ) as recency
    from days
    inner join facts
        on
            days.position_id = facts.position_id
            and facts.closing_balance is not null
            and {{ known_on('facts', 'days.day') }}
            and facts.fact_date <= days.day
),

daily as (
    select
        days.position_id,
        days.day,
        days.known_date,
        facts.fact_date,
        sum(facts.inflow) as inflow,
        sum(facts.outflow) as outflow
    from days
    left join facts
        on
            days.position_id = facts.position_id
            and {{ known_on('facts', 'days.day') }}
            and {{ within('facts.fact_date', 'days.day', 28) }}
    group by days.position_id, days.day, days.known_date, facts.fact_date
),

positions as (
    select
        position_id,
        min(currency) as currency
    from facts
    group by position_id
),

summed as (
    select
        position_id,
        day,
        known_date,
        {{ sum_if('inflow', within('fact_date', 'day', 7)) }} as inflow_7d,
        {{ sum_if('outflow', within('fact_date', 'day', 7)) }} as outflow_7d,
        {{ money('coalesce(sum(inflow), 0)') }} as inflow_28d,
        {{ money('coalesce(sum(outflow), 0)') }} as outflow_28d,
        sum({{ wide('inflow - outflow') }} * {{ money('inflow - outflow') }}) as squares
    from daily
    group by position_id, day, known_date
)

select
    summed.position_id as account_id,
    {{ end_of_day('summed.day') }} as event_timestamp,
    {{ end_of_day('summed.known_date') }} as known_at,
    positions.currency,
    closings.closing_balance,
    summed.inflow_7d,
    summed.outflow_7d,
    summed.inflow_28d,
    summed.outflow_28d,
    {{ money(deviation('summed.squares', 'summed.inflow_28d - summed.outflow_28d', 28)) }}
        as net_flow_volatility_28d
from summed
left join positions on summed.position_id = positions.position_id
left join closings
    on summed.position_id = closings.position_id and summed.day = closings.day and closings.recency = 1
