{%- set attributes = [
    'end_to_end_id', 'uetr', 'direction', 'category', 'entity_id', 'customer_id', 'account_id',
    'counterparty_name', 'counterparty_account', 'amount', 'currency', 'channel', 'provider',
    'device_id', 'country', 'obligation_id'
] -%}
{%- set milestones = [
    'initiated', 'authorised', 'submitted', 'accepted', 'rejected', 'settled', 'banked', 'returned',
    'cancelled', 'fraud_reported'
] -%}
{# What the hub said when the payment began counts before what later messages repeat of it. #}
with told as (
    select
        payment_id,
        {%- for attribute in attributes %}
        coalesce(
            max(case when event_type = 'initiated' then {{ attribute }} end), max({{ attribute }})
        ) as {{ attribute }},
        {%- endfor %}
        {%- for milestone in milestones %}
        min(case when event_type = '{{ milestone }}' then occurred_at end) as {{ milestone }}_at,
        {%- endfor %}
        max(case when event_type = 'accepted' then occurred_at end) as last_accepted_at,
        max(case when event_type = 'cancelled' then occurred_at end) as last_cancelled_at,
        max(known_at) as known_at
    from {{ ref('int_payment_events') }}
    group by payment_id
),

ranked_orders as (
    select
        *,
        row_number() over (
            partition by end_to_end_id order by created_at desc, message_id desc, transaction_index desc
        ) as recency
    from {{ ref('stg_payment_orders') }}
),

orders as (
    select
        ranked_orders.end_to_end_id,
        ranked_orders.uetr,
        ranked_orders.direction,
        ranked_orders.amount,
        ranked_orders.currency,
        ranked_orders.created_at,
        ranked_orders.requested_execution_date,
        ranked_orders.payment_information_id,
        ranked_orders.known_at,
        case ranked_orders.direction
            when 'outgoing' then ranked_orders.debtor_account else ranked_orders.creditor_account
        end as account_id,
        case ranked_orders.direction
            when 'outgoing' then ranked_orders.creditor_account else ranked_orders.debtor_account
        end as counterparty_account,
        case ranked_orders.direction
            when 'outgoing' then ranked_orders.creditor_name else ranked_orders.debtor_name
        end as counterparty_name
    from ranked_orders
    where ranked_orders.recency = 1
),

{# A sale and its refund share an end-to-end id: the order belongs to the payment of its direction. #}
owners as (
    select
        end_to_end_id,
        direction,
        min(payment_id) as payment_id
    from told
    group by end_to_end_id, direction
),

owned_orders as (
    select
        orders.*,
        owners.payment_id
    from orders
    left join owners
        on
            orders.end_to_end_id = owners.end_to_end_id
            and orders.direction = coalesce(owners.direction, orders.direction)
)

select
    coalesce(told.payment_id, orders.end_to_end_id) as payment_id,
    coalesce(told.end_to_end_id, orders.end_to_end_id) as end_to_end_id,
    coalesce(told.uetr, orders.uetr) as uetr,
    coalesce(told.direction, orders.direction) as direction,
    told.category,
    coalesce(told.entity_id, accounts.entity_id) as entity_id,
    told.customer_id,
    coalesce(told.account_id, orders.account_id) as account_id,
    coalesce(told.counterparty_name, orders.counterparty_name) as counterparty_name,
    coalesce(told.counterparty_account, orders.counterparty_account) as counterparty_account,
    coalesce(told.amount, orders.amount) as amount,
    coalesce(told.currency, orders.currency) as currency,
    coalesce(
        told.channel, case orders.direction when 'incoming' then 'direct_debit' else 'transfer' end
    ) as channel,
    told.provider,
    told.device_id,
    told.country,
    told.obligation_id,
    orders.requested_execution_date,
    orders.payment_information_id,
    coalesce(told.initiated_at, orders.created_at) as initiated_at,
    told.authorised_at,
    coalesce(told.submitted_at, orders.created_at) as submitted_at,
    told.accepted_at,
    told.rejected_at,
    told.settled_at,
    told.banked_at,
    told.returned_at,
    {# A bank that refuses to cancel accepts anew. #}
    case
        when coalesce(told.last_accepted_at > told.last_cancelled_at, false) then null
        else told.cancelled_at
    end as cancelled_at,
    told.fraud_reported_at,
    greatest(coalesce(told.known_at, orders.known_at), coalesce(orders.known_at, told.known_at)) as known_at
from told
full outer join owned_orders as orders on told.payment_id = orders.payment_id
left join {{ ref('stg_accounts') }} as accounts on orders.account_id = accounts.account_id
