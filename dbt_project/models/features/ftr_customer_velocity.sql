with facts as (
    select *
    from {{ ref('int_payment_facts') }}
    where customer_id is not null and event_type in ('initiated', 'rejected')
),

news as (
    select
        customer_id,
        known_date as day
    from facts
    union
    select
        customer_id,
        superseded_date as day
    from facts
    where superseded_date is not null
),

changes as (
    select
        customer_id,
        {{ add_days('fact_date', 1) }} as day
    from facts
    union
    select
        customer_id,
        {{ add_days('fact_date', 7) }} as day
    from facts
    union
    select
        customer_id,
        {{ add_days('fact_date', 30) }} as day
    from facts
),

days as (
    {{ feature_days('customer_id', 'news', 'changes') }}
)

select
    days.customer_id,
    {{ end_of_day('days.day') }} as event_timestamp,
    {{ end_of_day('days.known_date') }} as known_at,
    {%- for span in [1, 7, 30] %}
    {{ count_if("facts.event_type = 'initiated' and " ~ within('facts.fact_date', 'days.day', span)) }}
        as payments_{{ span }}d,
    {%- endfor %}
    {%- for span in [1, 7, 30] %}
    {{ sum_if(
        'facts.amount_base', "facts.event_type = 'initiated' and " ~ within('facts.fact_date', 'days.day', span)
    ) }}
        as amount_{{ span }}d,
    {%- endfor %}
    cast(count(distinct case when facts.event_type = 'initiated' then facts.device_id end) as bigint)
        as devices_30d,
    cast(count(distinct case when facts.event_type = 'initiated' then facts.country end) as bigint)
        as countries_30d,
    {{ count_if("facts.event_type = 'rejected' and " ~ within('facts.fact_date', 'days.day', 7)) }}
        as rejected_7d
from days
left join facts
    on
        days.customer_id = facts.customer_id
        and {{ known_on('facts', 'days.day') }}
        and {{ within('facts.fact_date', 'days.day', 30) }}
group by days.customer_id, days.day, days.known_date
