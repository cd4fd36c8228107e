{# What statements said, as known: movements by day, and closing balances, each in its currency. The
   currency in which an account was first heard of is the position that bears its name; each further one
   is a position of its own. #}
with entry_versions as (
    select * from {{ ref('stg_statement_entries_versions') }}
),

balance_versions as (
    select * from {{ ref('stg_statement_balances_versions') }}
),

identified as (
    select
        *,
        {{ joined_id(['account_id', 'statement_id', 'entry_index', 'detail_index']) }} as entry_id
    from entry_versions
    where status = 'BOOK' and not {{ is_interim('message_type') }}
),

{# What another statement or download told before is no movement of its own. #}
counted as (
    select identified.*
    from identified
    left join {{ ref('int_bank_movements') }} as movements on identified.entry_id = movements.entry_id
    where identified.superseded_at is not null or movements.entry_id is not null
),

facts as (
    select
        account_id,
        {{ clean('currency') }} as currency,
        booking_date as fact_date,
        greatest(cast(stated_at as date), booking_date) as known_date,
        cast(superseded_at as date) as superseded_date,
        sum(case when amount > 0 then amount else 0 end) as inflow,
        sum(case when amount < 0 then -amount else 0 end) as outflow,
        cast(null as {{ type_money() }}) as closing_balance
    from counted
    group by 1, 2, 3, 4, 5
    union all
    select
        account_id,
        {{ clean('currency') }} as currency,
        balance_date as fact_date,
        greatest(cast(stated_at as date), balance_date) as known_date,
        cast(superseded_at as date) as superseded_date,
        0 as inflow,
        0 as outflow,
        max(amount) as closing_balance
    from balance_versions
    where balance_type = 'CLBD' and not {{ is_interim('message_type') }}
    group by 1, 2, 3, 4, 5
),

named as (
    select
        *,
        first_value(currency) over (
            partition by account_id order by known_date, currency nulls last
        ) as first_currency
    from facts
)

select
    case
        when currency = first_currency then account_id
        else concat_ws('/', account_id, currency)
    end as position_id,
    account_id,
    currency,
    fact_date,
    known_date,
    superseded_date,
    {{ money('inflow') }} as inflow,
    {{ money('outflow') }} as outflow,
    closing_balance
from named
where superseded_date is null or superseded_date > known_date
