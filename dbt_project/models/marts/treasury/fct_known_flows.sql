{# One row per expected movement of money whose day and amount are known. #}
with in_flight as (
    select
        payments.payment_id,
        payments.category,
        payments.entity_id,
        payments.account_id,
        payments.customer_id,
        payments.obligation_id,
        payments.direction,
        payments.currency,
        payments.amount,
        payments.is_stuck,
        coalesce(
            instructed.requested_execution_date,
            cast(coalesce(payments.settled_at, payments.submitted_at, payments.initiated_at) as date)
        ) as due_date
    from {{ ref('fct_payments') }} as payments
    left join {{ ref('int_payments') }} as instructed on payments.payment_id = instructed.payment_id
    where
        payments.state in ('initiated', 'authorised', 'submitted', 'accepted', 'settled')
        and payments.amount is not null
        and payments.currency is not null
),

{# Money under way for an obligation is counted once: as the payment that carries it. #}
under_way as (
    select
        obligation_id,
        sum(amount) as amount
    from in_flight
    where obligation_id is not null
    group by obligation_id
),

remaining as (
    select
        scheduled.source,
        scheduled.category,
        scheduled.obligation_id as flow_id,
        scheduled.obligation_id,
        scheduled.customer_id,
        scheduled.entity_id,
        cast(null as {{ type_text() }}) as account_id,
        scheduled.due_date,
        scheduled.currency,
        scheduled.sign * (scheduled.amount - coalesce(under_way.amount, 0)) as amount,
        false as is_stuck
    from {{ ref('int_scheduled_flows') }} as scheduled
    left join under_way on scheduled.obligation_id = under_way.obligation_id
    where scheduled.amount > coalesce(under_way.amount, 0)
    union all
    select
        'payment_order' as source,
        coalesce(category, 'other') as category,
        payment_id as flow_id,
        coalesce(obligation_id, payment_id) as obligation_id,
        customer_id,
        entity_id,
        account_id,
        due_date,
        currency,
        case direction when 'incoming' then amount else -amount end as amount,
        is_stuck
    from in_flight
),

{# Where no account is known for such money, it passes the entity's first account in the currency. #}
first_accounts as (
    select
        entity_id,
        currency,
        min(account_id) as account_id
    from {{ ref('stg_accounts') }}
    where account_kind = 'own'
    group by entity_id, currency
)

select
    remaining.flow_id,
    remaining.due_date,
    remaining.entity_id,
    coalesce(remaining.account_id, usual.account_id, first_accounts.account_id) as account_id,
    remaining.currency,
    remaining.category,
    {{ money('remaining.amount') }} as amount,
    remaining.obligation_id,
    remaining.customer_id,
    remaining.source,
    remaining.is_stuck,
    remaining.due_date <= {{ as_of() }} as is_overdue
from remaining
left join {{ ref('int_usual_accounts') }} as usual
    on
        remaining.entity_id = usual.entity_id
        and remaining.currency = usual.currency
        and remaining.category = usual.category
left join first_accounts
    on remaining.entity_id = first_accounts.entity_id and remaining.currency = first_accounts.currency
