with quoted as (
    select
        rate_date,
        case base_currency
            when '{{ base_currency() }}' then quote_currency else base_currency
        end as currency,
        case when base_currency = '{{ base_currency() }}' then rate end as units_per_base,
        case when quote_currency = '{{ base_currency() }}' then rate end as base_per_unit
    from {{ ref('stg_fx_rates') }}
    where
        '{{ base_currency() }}' in (base_currency, quote_currency)
        and base_currency <> quote_currency
),

{# A currency that is quoted both ways round on one day is taken by the house's own way: per base. #}
rates as (
    select
        currency,
        rate_date,
        max(units_per_base) as units_per_base,
        case when max(units_per_base) is null then max(base_per_unit) end as base_per_unit
    from quoted
    group by currency, rate_date
),

spans as (
    select
        currency,
        rate_date,
        units_per_base,
        base_per_unit,
        lead(rate_date) over (partition by currency order by rate_date) as next_rate_date
    from rates
)

select
    spans.currency,
    calendar.date,
    spans.units_per_base,
    spans.base_per_unit,
    spans.rate_date,
    '{{ base_currency() }}' as base_currency
from spans
inner join {{ ref('int_calendar') }} as calendar
    on
        spans.rate_date <= calendar.date
        and (spans.next_rate_date is null or spans.next_rate_date > calendar.date)
union all
select
    '{{ base_currency() }}' as currency,
    date,
    cast(1 as decimal(18, 8)) as units_per_base,
    cast(null as decimal(18, 8)) as base_per_unit,
    date as rate_date,
    '{{ base_currency() }}' as base_currency
from {{ ref('int_calendar') }}
