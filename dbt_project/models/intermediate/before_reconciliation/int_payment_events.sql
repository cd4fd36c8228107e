{# A status message from a bank knows a payment by its end-to-end id only; the hub knows both. #}
with hub_ids as (
    select
        end_to_end_id,
        min(payment_id) as payment_id
    from {{ ref('stg_payment_events') }}
    where payment_id <> end_to_end_id
    group by end_to_end_id
)

select
    events.event_id,
    case
        when events.payment_id = events.end_to_end_id then coalesce(hub_ids.payment_id, events.payment_id)
        else events.payment_id
    end as payment_id,
    events.end_to_end_id,
    events.uetr,
    events.event_type,
    events.occurred_at,
    events.direction,
    events.category,
    events.entity_id,
    events.customer_id,
    events.account_id,
    events.counterparty_name,
    events.counterparty_account,
    events.amount,
    events.currency,
    events.channel,
    events.provider,
    events.device_id,
    events.country,
    events.reason_code,
    events.obligation_id,
    events.known_at
from {{ ref('stg_payment_events') }} as events
left join hub_ids on events.end_to_end_id = hub_ids.end_to_end_id
