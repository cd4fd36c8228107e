{# One row per counterparty and day on which one of its values changed, as known at the end of that day. #}
with facts as (
    select * from {{ ref('int_counterparty_facts') }}
),

news as (
    select
        counterparty_id,
        known_date as day
    from facts
    union
    select
        counterparty_id,
        superseded_date as day
    from facts
    where superseded_date is not null
),

changes as (
    select
        counterparty_id,
        {{ add_days('fact_date', 7) }} as day
    from facts
    where event_type = 'initiated'
    union
    select
        counterparty_id,
        {{ add_days('fact_date', 30) }} as day
    from facts
    where event_type = 'initiated'
    union
    select
        counterparty_id,
        {{ add_days('fact_date', 90) }} as day
    from facts
    where event_type = 'returned'
    union
    select
        counterparty_id,
        {{ add_days('fact_date', 180) }} as day
    from facts
    where event_type = 'fraud_reported'
),

days as (
    {{ feature_days('counterparty_id', 'news', 'changes') }}
),

first_days as (
    select
        counterparty_id,
        known_date,
        min(min(fact_date)) over (
            partition by counterparty_id order by known_date rows between unbounded preceding and current row
        ) as first_seen_date
    from facts
    group by counterparty_id, known_date
),

counted as (
    select
        days.counterparty_id,
        days.day,
        days.known_date,
        {%- for span in [7, 30] %}
        cast(coalesce(sum(case
            when facts.event_type = 'initiated' and {{ within('facts.fact_date', 'days.day', span) }}
                then facts.events
        end), 0) as bigint) as payments_{{ span }}d,
        {%- endfor %}
        {{ sum_if('facts.amount_base', "facts.event_type = 'initiated'") }} as amount_30d,
        cast(count(distinct case when facts.event_type = 'initiated' then facts.customer_id end) as bigint)
            as customers_30d,
        cast(coalesce(sum(case when facts.event_type = 'returned' then facts.events end), 0) as bigint)
            as returned_90d,
        cast(coalesce(sum(case when facts.event_type = 'fraud_reported' then facts.events end), 0) as bigint)
            as fraud_reported_180d
    from days
    left join facts
        on
            days.counterparty_id = facts.counterparty_id
            and {{ known_on('facts', 'days.day') }}
            and facts.fact_date <= days.day
            and facts.last_day >= days.day
    group by days.counterparty_id, days.day, days.known_date
)

select
    counted.counterparty_id,
    {{ end_of_day('counted.day') }} as event_timestamp,
    {{ end_of_day('counted.known_date') }} as known_at,
    counted.payments_7d,
    counted.payments_30d,
    counted.amount_30d,
    counted.customers_30d,
    {{ days_between('min(first_days.first_seen_date)', 'counted.day') }} as first_seen_days,
    counted.returned_90d,
    counted.fraud_reported_180d
from counted
left join first_days
    on counted.counterparty_id = first_days.counterparty_id and counted.day >= first_days.known_date
group by
    counted.counterparty_id, counted.day, counted.known_date, counted.payments_7d, counted.payments_30d,
    counted.amount_30d, counted.customers_30d, counted.returned_90d, counted.fraud_reported_180d
