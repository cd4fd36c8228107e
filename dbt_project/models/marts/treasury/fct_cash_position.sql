with booked as (
    select
        account_id,
        currency,
        booking_date,
        sum(amount) as amount
    from {{ ref('int_cash_postings') }}
    group by account_id, currency, booking_date
),

{# The ledger may have begun before the first statement: what it held by then comes along. #}
ledger as (
    select
        balances.account_id,
        balances.currency,
        balances.date,
        sum(booked.amount) as amount
    from booked
    inner join (
        select
            account_id,
            currency,
            min(date) as first_day
        from {{ ref('int_daily_balances') }}
        group by account_id, currency
    ) as spans on booked.account_id = spans.account_id and booked.currency = spans.currency
    inner join {{ ref('int_daily_balances') }} as balances
        on
            booked.account_id = balances.account_id
            and booked.currency = balances.currency
            and greatest(booked.booking_date, spans.first_day) = balances.date
    group by balances.account_id, balances.currency, balances.date
),

compared as (
    select
        balances.account_id,
        balances.currency,
        balances.date,
        balances.opening_balance,
        balances.inflow,
        balances.outflow,
        balances.closing_balance,
        balances.statement_id,
        balances.is_stated,
        {{ money('sum(coalesce(ledger.amount, 0)) over (
            partition by balances.account_id, balances.currency order by balances.date
            rows between unbounded preceding and current row
        )') }} as ledger_balance
    from {{ ref('int_daily_balances') }} as balances
    left join ledger
        on
            balances.account_id = ledger.account_id
            and balances.currency = ledger.currency
            and balances.date = ledger.date
)

select
    compared.account_id,
    accounts.entity_id,
    compared.currency,
    compared.date,
    compared.opening_balance,
    compared.inflow,
    compared.outflow,
    compared.closing_balance,
    {{ to_base('compared.closing_balance', 'compared.currency', 'rates') }} as closing_balance_base,
    compared.ledger_balance,
    {{ money('compared.closing_balance - compared.ledger_balance') }} as difference,
    {{ money('compared.closing_balance - compared.opening_balance - compared.inflow + compared.outflow') }}
        as unexplained_movement,
    compared.statement_id,
    compared.is_stated,
    case when compared.currency = accounts.currency then accounts.minimum_balance end as minimum_balance
from compared
left join {{ ref('stg_accounts') }} as accounts on compared.account_id = accounts.account_id
left join {{ ref('int_fx_rates_daily') }} as rates
    on compared.currency = rates.currency and compared.date = rates.date
