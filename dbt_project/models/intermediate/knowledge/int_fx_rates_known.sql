with versions as (
    select * from {{ ref('stg_fx_rates_versions') }}
),

quoted as (
    select
        case base_currency
            when '{{ base_currency() }}' then quote_currency else base_currency
        end as currency,
        rate_date,
        greatest(rate_date, cast(stated_at as date)) as effective_date,
        max(case when base_currency = '{{ base_currency() }}' then rate end) as units_per_base,
        max(case when quote_currency = '{{ base_currency() }}' then rate end) as base_per_unit
    from versions
    where
        '{{ base_currency() }}' in (base_currency, quote_currency)
        and (superseded_at is null or cast(superseded_at as date) > cast(stated_at as date))
    group by 1, 2, 3
),

{# A rate of an earlier day that comes late does not displace the newer one that we have. #}
ordered as (
    select
        *,
        max(rate_date) over (
            partition by currency order by effective_date, rate_date
            rows between unbounded preceding and current row
        ) as newest_rate_date,
        row_number() over (partition by currency, effective_date order by rate_date desc) as recency
    from quoted
),

spans as (
    select
        currency,
        effective_date,
        units_per_base,
        case when units_per_base is null then base_per_unit end as base_per_unit,
        lead(effective_date) over (partition by currency order by effective_date) as next_effective_date
    from ordered
    where rate_date = newest_rate_date and recency = 1
)

select
    spans.currency,
    calendar.date,
    spans.units_per_base,
    spans.base_per_unit
from spans
inner join {{ ref('int_calendar') }} as calendar
    on
        spans.effective_date <= calendar.date
        and (spans.next_effective_date is null or spans.next_effective_date > calendar.date)
