{{ config(tags=['gold']) }}
{# What came and went by category is, to the cent, what moved the balance. #}
with flows as (
    select
        account_id,
        currency,
        date,
        sum(amount) as amount
    from {{ ref('fct_cash_flows') }}
    group by account_id, currency, date
),

positions as (
    select
        account_id,
        currency,
        date,
        inflow - outflow as amount
    from {{ ref('fct_cash_position') }}
)

select
    coalesce(positions.account_id, flows.account_id) as account_id,
    coalesce(positions.currency, flows.currency) as currency,
    coalesce(positions.date, flows.date) as date,
    positions.amount as position_amount,
    flows.amount as flow_amount
from positions
full outer join flows
    on
        positions.account_id = flows.account_id
        and positions.currency = flows.currency
        and positions.date = flows.date
where
    coalesce(positions.amount, 0) <> coalesce(flows.amount, 0)
    and coalesce(positions.date, flows.date) <= {{ as_of() }}
