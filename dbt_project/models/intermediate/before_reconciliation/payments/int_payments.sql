{%- set attributes = [
    'end_to_end_id', 'uetr', 'direction', 'category', 'entity_id', 'customer_id', 'account_id',
    'counterparty_name', 'counterparty_account', 'amount', 'currency', 'channel', 'provider',
    'device_id', 'country', 'obligation_id'
] -%}
{%- set milestones = [
    'initiated', 'authorised', 'submitted', 'accepted', 'rejected', 'settled', 'banked', 'returned',
    'cancelled', 'fraud_reported', 'payee_verified'
] -%}
{# One row per payment that the hub or a payment message knows.

   What the hub said when the payment began counts before what later messages repeat of it. A return
   moves money the other way, and at times less of it: it says nothing of the payment while anything
   else does. #}
with payment_attributes as (
    select
        payment_id,
        {%- for attribute in attributes %}
        coalesce(
            max(case when event_type = 'initiated' then {{ attribute }} end),
            max(case when event_type <> 'returned' then {{ attribute }} end)
        ) as {{ attribute }},
        max(case when event_type = 'returned' then {{ attribute }} end) as returned_{{ attribute }},
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

{# A sale and its refund share an end-to-end id: the order belongs to the payment of its direction. #}
owners as (
    select
        end_to_end_id,
        direction,
        min(payment_id) as payment_id
    from payment_attributes
    group by end_to_end_id, direction
),

owned_orders as (
    select
        orders.*,
        owners.payment_id
    from {{ ref('int_payment_orders') }} as orders
    left join owners
        on
            orders.end_to_end_id = owners.end_to_end_id
            and orders.direction = coalesce(owners.direction, orders.direction)
)

select
    coalesce(attributes.payment_id, orders.end_to_end_id) as payment_id,
    coalesce(
        attributes.end_to_end_id, orders.end_to_end_id, attributes.returned_end_to_end_id
    ) as end_to_end_id,
    coalesce(attributes.uetr, orders.uetr, attributes.returned_uetr) as uetr,
    coalesce(attributes.direction, orders.direction, attributes.returned_direction) as direction,
    coalesce(attributes.category, attributes.returned_category) as category,
    coalesce(attributes.entity_id, accounts.entity_id, attributes.returned_entity_id) as entity_id,
    coalesce(attributes.customer_id, attributes.returned_customer_id) as customer_id,
    coalesce(attributes.account_id, orders.account_id, attributes.returned_account_id) as account_id,
    coalesce(
        attributes.counterparty_name, orders.counterparty_name, attributes.returned_counterparty_name
    ) as counterparty_name,
    coalesce(
        attributes.counterparty_account, orders.counterparty_account, attributes.returned_counterparty_account
    ) as counterparty_account,
    coalesce(attributes.amount, orders.amount, attributes.returned_amount) as amount,
    coalesce(attributes.currency, orders.currency, attributes.returned_currency) as currency,
    coalesce(
        attributes.channel,
        attributes.returned_channel,
        case orders.direction when 'incoming' then 'direct_debit' else 'transfer' end
    ) as channel,
    coalesce(attributes.provider, attributes.returned_provider) as provider,
    coalesce(attributes.device_id, attributes.returned_device_id) as device_id,
    coalesce(attributes.country, attributes.returned_country) as country,
    coalesce(attributes.obligation_id, attributes.returned_obligation_id) as obligation_id,
    orders.requested_execution_date,
    orders.payment_information_id,
    coalesce(attributes.initiated_at, orders.created_at) as initiated_at,
    attributes.authorised_at,
    coalesce(attributes.submitted_at, orders.created_at) as submitted_at,
    attributes.accepted_at,
    attributes.rejected_at,
    attributes.settled_at,
    attributes.banked_at,
    attributes.returned_at,
    {# A bank that refuses to cancel accepts anew. #}
    case
        when coalesce(attributes.last_accepted_at > attributes.last_cancelled_at, false) then null
        else attributes.cancelled_at
    end as cancelled_at,
    attributes.fraud_reported_at,
    attributes.payee_verified_at,
    case statuses.verification_status
        when 'RCVC' then 'match'
        when 'RVMC' then 'close_match'
        when 'RVNM' then 'no_match'
        when 'RVNA' then 'not_applicable'
        when 'RVCM' then 'mismatch_in_message'
    end as payee_verification,
    statuses.bank_status,
    statuses.reason_code,
    statuses.reason,
    attributes.returned_amount,
    greatest(
        coalesce(attributes.known_at, orders.known_at), coalesce(orders.known_at, attributes.known_at)
    ) as known_at
from payment_attributes as attributes
full outer join owned_orders as orders on attributes.payment_id = orders.payment_id
left join {{ ref('int_payment_statuses') }} as statuses on attributes.payment_id = statuses.payment_id
left join {{ ref('stg_accounts') }} as accounts on orders.account_id = accounts.account_id
