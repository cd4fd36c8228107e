{%- set attributes = [
    'end_to_end_id', 'uetr', 'direction', 'category', 'entity_id', 'customer_id', 'account_id',
    'counterparty_name', 'counterparty_account', 'amount', 'currency', 'channel', 'provider',
    'device_id', 'country', 'obligation_id'
] -%}
{%- set milestones = [
    'initiated', 'authorised', 'submitted', 'accepted', 'rejected', 'settled', 'banked', 'returned',
    'cancelled', 'fraud_reported', 'payee_verified'
] -%}
{# What the hub said when the payment began counts before what later messages repeat of it. A return
   moves money the other way, and at times less of it: it says nothing of the payment while anything
   else does. #}
with told as (
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

{# The newest word of the banks about each payment, and of its payee's name. #}
ranked_statuses as (
    select
        payment_id,
        status,
        reason_code,
        reason,
        event_type,
        row_number() over (
            partition by payment_id, case when event_type = 'payee_verified' then 1 else 0 end
            order by occurred_at desc, known_at desc, event_id desc
        ) as recency
    from {{ ref('int_payment_events') }}
    where status is not null or reason_code is not null or reason is not null
),

last_words as (
    select
        payment_id,
        max(case when event_type <> 'payee_verified' then status end) as bank_status,
        max(case when event_type <> 'payee_verified' then nullif(reason_code, status) end) as reason_code,
        max(case when event_type <> 'payee_verified' then reason end) as reason,
        max(case when event_type = 'payee_verified' then status end) as verification_status
    from ranked_statuses
    where recency = 1
    group by payment_id
),

{# A payment between banks may have been ours or theirs: the accounts that we hold tell. #}
sided_orders as (
    select
        orders.*,
        case
            when orders.message_type not like 'pacs%' then orders.direction
            when debtor_own.account_id is not null then 'outgoing'
            when creditor_own.account_id is not null then 'incoming'
            else orders.direction
        end as own_direction,
        orders.message_type not like 'pacs%'
        or debtor_own.account_id is not null
        or creditor_own.account_id is not null as is_ours
    from {{ ref('stg_payment_orders') }} as orders
    left join {{ ref('stg_accounts') }} as debtor_own
        on orders.debtor_account = debtor_own.account_id and debtor_own.account_kind = 'own'
    left join {{ ref('stg_accounts') }} as creditor_own
        on orders.creditor_account = creditor_own.account_id and creditor_own.account_kind = 'own'
),

ranked_orders as (
    select
        *,
        row_number() over (
            partition by end_to_end_id order by created_at desc, message_id desc, transaction_index desc
        ) as recency
    from sided_orders
),

orders as (
    select
        ranked_orders.end_to_end_id,
        ranked_orders.uetr,
        ranked_orders.own_direction as direction,
        ranked_orders.amount,
        ranked_orders.currency,
        ranked_orders.created_at,
        ranked_orders.requested_execution_date,
        ranked_orders.payment_information_id,
        ranked_orders.known_at,
        case
            when not ranked_orders.is_ours then null
            when ranked_orders.own_direction = 'outgoing' then ranked_orders.debtor_account
            else ranked_orders.creditor_account
        end as account_id,
        case ranked_orders.own_direction
            when 'outgoing' then ranked_orders.creditor_account else ranked_orders.debtor_account
        end as counterparty_account,
        case ranked_orders.own_direction
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
    coalesce(told.end_to_end_id, orders.end_to_end_id, told.returned_end_to_end_id) as end_to_end_id,
    coalesce(told.uetr, orders.uetr, told.returned_uetr) as uetr,
    coalesce(told.direction, orders.direction, told.returned_direction) as direction,
    coalesce(told.category, told.returned_category) as category,
    coalesce(told.entity_id, accounts.entity_id, told.returned_entity_id) as entity_id,
    coalesce(told.customer_id, told.returned_customer_id) as customer_id,
    coalesce(told.account_id, orders.account_id, told.returned_account_id) as account_id,
    coalesce(
        told.counterparty_name, orders.counterparty_name, told.returned_counterparty_name
    ) as counterparty_name,
    coalesce(
        told.counterparty_account, orders.counterparty_account, told.returned_counterparty_account
    ) as counterparty_account,
    coalesce(told.amount, orders.amount, told.returned_amount) as amount,
    coalesce(told.currency, orders.currency, told.returned_currency) as currency,
    coalesce(
        told.channel,
        told.returned_channel,
        case orders.direction when 'incoming' then 'direct_debit' else 'transfer' end
    ) as channel,
    coalesce(told.provider, told.returned_provider) as provider,
    coalesce(told.device_id, told.returned_device_id) as device_id,
    coalesce(told.country, told.returned_country) as country,
    coalesce(told.obligation_id, told.returned_obligation_id) as obligation_id,
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
    told.payee_verified_at,
    case last_words.verification_status
        when 'RCVC' then 'match'
        when 'RVMC' then 'close_match'
        when 'RVNM' then 'no_match'
        when 'RVNA' then 'not_applicable'
        when 'RVCM' then 'mismatch_in_message'
    end as payee_verification,
    last_words.bank_status,
    last_words.reason_code,
    last_words.reason,
    told.returned_amount,
    greatest(coalesce(told.known_at, orders.known_at), coalesce(orders.known_at, told.known_at)) as known_at
from told
full outer join owned_orders as orders on told.payment_id = orders.payment_id
left join last_words on told.payment_id = last_words.payment_id
left join {{ ref('stg_accounts') }} as accounts on orders.account_id = accounts.account_id
