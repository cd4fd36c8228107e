{# One row per event of a payment, under the hub's identification of the payment.

   A message from a bank knows a payment by its end-to-end id, by its UETR, or only as one of those that an
   earlier message or batch ordered; the hub knows its own id. #}
{# Keys are made before the joins, which then compare nothing but columns. #}
with events as (
    select
        *,
        case when end_to_end_id is null and uetr is null then original_message_id end as whole_message_id,
        case when end_to_end_id is null or end_to_end_id = 'NOTPROVIDED' then uetr end as only_uetr
    from {{ ref('stg_payment_events') }}
),

{# What is said of a whole message or batch is said of each payment that it orders. #}
addressed as (
    select
        events.*,
        case
            when ordered.end_to_end_id is not null
                then {{ joined_id(['events.event_id', 'ordered.end_to_end_id']) }}
            else events.event_id
        end as own_event_id,
        coalesce(ordered.end_to_end_id, uetrs.end_to_end_id, events.end_to_end_id) as own_end_to_end_id
    from events
    left join {{ ref('int_addressable_orders') }} as ordered
        on events.whole_message_id = ordered.message_id and events.payment_id = ordered.addressed_as
    left join {{ ref('int_uetr_payments') }} as uetrs on events.only_uetr = uetrs.uetr
),

{# Messages between banks and returns name the debtor and the creditor of the original payment: the
   one whose account is ours tells which way it went. An account of anybody else is never ours. #}
sided as (
    select
        addressed.*,
        case
            when debtor_own.account_id is not null and creditor_own.account_id is null then 'outgoing'
            when creditor_own.account_id is not null and debtor_own.account_id is null then 'incoming'
        end as own_direction
    from addressed
    left join {{ ref('stg_accounts') }} as debtor_own
        on addressed.debtor_account = debtor_own.account_id and debtor_own.account_kind = 'own'
    left join {{ ref('stg_accounts') }} as creditor_own
        on addressed.creditor_account = creditor_own.account_id and creditor_own.account_kind = 'own'
)

select
    events.own_event_id as event_id,
    case
        when events.own_end_to_end_id is null then events.payment_id
        when
            events.payment_id = events.own_end_to_end_id
            or events.end_to_end_id is null
            or events.end_to_end_id <> events.own_end_to_end_id
            then coalesce(hub_ids.payment_id, events.own_end_to_end_id)
        else events.payment_id
    end as payment_id,
    events.own_end_to_end_id as end_to_end_id,
    events.uetr,
    events.event_type,
    events.occurred_at,
    coalesce(events.direction, events.own_direction) as direction,
    events.category,
    events.entity_id,
    events.customer_id,
    coalesce(
        events.account_id,
        case events.own_direction
            when 'outgoing' then events.debtor_account when 'incoming' then events.creditor_account
        end
    ) as account_id,
    coalesce(
        events.counterparty_name,
        case events.own_direction
            when 'outgoing' then events.creditor_name when 'incoming' then events.debtor_name
        end
    ) as counterparty_name,
    coalesce(
        events.counterparty_account,
        case events.own_direction
            when 'outgoing' then events.creditor_account when 'incoming' then events.debtor_account
        end
    ) as counterparty_account,
    events.amount,
    events.currency,
    events.channel,
    events.provider,
    events.device_id,
    events.country,
    events.status,
    events.reason_code,
    events.reason,
    events.obligation_id,
    events.known_at
from sided as events
left join {{ ref('int_hub_payment_ids') }} as hub_ids
    on events.own_end_to_end_id = hub_ids.end_to_end_id
