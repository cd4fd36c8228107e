{# One row per bank account, currency and day. A balance that a bank states is the truth; between two of them
   the movements are added up. An account that holds two currencies is two positions. #}
with movements as (
    select
        account_id,
        currency,
        movement_date as date,
        {{ money('sum(case when amount > 0 then amount else 0 end)') }} as inflow,
        {{ money('sum(case when amount < 0 then -amount else 0 end)') }} as outflow,
        {{ money('sum(amount)') }} as net
    from {{ ref('int_bank_movements') }}
    group by account_id, currency, movement_date
),

accounts as (
    select
        account_id,
        currency,
        min(date) as first_day
    from (
        select
            account_id,
            currency,
            date
        from movements
        union all
        select
            account_id,
            currency,
            least(first_day, date) as date
        from {{ ref('int_stated_closings') }}
    ) as days
    group by account_id, currency
),

daily as (
    select
        accounts.account_id,
        accounts.currency,
        calendar.date,
        closings.amount as stated_closing,
        closings.statement_id,
        coalesce(movements.inflow, cast(0 as {{ type_money() }})) as inflow,
        coalesce(movements.outflow, cast(0 as {{ type_money() }})) as outflow,
        {{ money('sum(coalesce(movements.net, 0)) over (
            partition by accounts.account_id, accounts.currency order by calendar.date
            rows between unbounded preceding and current row
        )') }} as moved_so_far,
        max(case when closings.amount is not null then calendar.date end) over (
            partition by accounts.account_id, accounts.currency order by calendar.date
            rows between unbounded preceding and current row
        ) as last_stated_date
    from accounts
    inner join {{ ref('int_calendar') }} as calendar
        on accounts.first_day <= calendar.date and calendar.date <= {{ as_of() }}
    left join {{ ref('int_stated_closings') }} as closings
        on
            accounts.account_id = closings.account_id
            and accounts.currency = closings.currency
            and calendar.date = closings.date
    left join movements
        on
            accounts.account_id = movements.account_id
            and accounts.currency = movements.currency
            and calendar.date = movements.date
),

rolled as (
    select
        daily.account_id,
        daily.currency,
        daily.date,
        daily.inflow,
        daily.outflow,
        daily.statement_id,
        daily.stated_closing is not null as is_stated,
        coalesce(openings.amount, cast(0 as {{ type_money() }})) as first_opening,
        {{ money('coalesce(
            anchors.stated_closing - anchors.moved_so_far, openings.amount, 0
        ) + daily.moved_so_far') }} as closing_balance
    from daily
    left join daily as anchors
        on
            daily.account_id = anchors.account_id
            and daily.currency = anchors.currency
            and daily.last_stated_date = anchors.date
    left join {{ ref('int_first_openings') }} as openings
        on daily.account_id = openings.account_id and daily.currency = openings.currency
)

select
    account_id,
    currency,
    date,
    coalesce(
        lag(closing_balance) over (partition by account_id, currency order by date), first_opening
    ) as opening_balance,
    inflow,
    outflow,
    closing_balance,
    statement_id,
    is_stated
from rolled
