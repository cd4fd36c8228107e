with daily as (
    select
        account_id,
        movement_date,
        currency,
        category,
        {{ money('sum(amount)') }} as amount,
        cast(count(*) as bigint) as movements
    from {{ ref('int_bank_entry_categories') }}
    group by account_id, movement_date, currency, category
)

select
    daily.movement_date as date,
    daily.account_id,
    accounts.entity_id,
    daily.currency,
    daily.category,
    daily.amount,
    {{ to_base('daily.amount', 'daily.currency', 'rates') }} as amount_base,
    daily.movements
from daily
left join {{ ref('stg_accounts') }} as accounts on daily.account_id = accounts.account_id
left join {{ ref('int_fx_rates_daily') }} as rates
    on daily.currency = rates.currency and daily.movement_date = rates.date
