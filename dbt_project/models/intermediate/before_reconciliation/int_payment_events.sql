{# A message from a bank knows a payment by its end-to-end id, by its UETR, or only as one of those that
   an earlier message or batch ordered; the hub knows its own id. #}
with hub_ids as (
    select
        end_to_end_id,
        min(payment_id) as payment_id
    from {{ ref('stg_payment_events') }}
    where payment_id <> end_to_end_id
    group by end_to_end_id
),

uetrs as (
    select
        uetr,
        min(end_to_end_id) as end_to_end_id
    from (
        select
            uetr,
            end_to_end_id
        from {{ ref('stg_payment_events') }}
        union all
        select
            uetr,
            end_to_end_id
        from {{ ref('stg_payment_orders') }}
    ) as named
    where uetr is not null and end_to_end_id is not null and end_to_end_id <> 'NOTPROVIDED'
    group by uetr
),

{# As what a status may speak of a payment: as its message, or as its batch. #}
ordered as (
    select
        message_id,
        message_id as spoken_of_as,
        end_to_end_id
    from {{ ref('stg_payment_orders') }}
    where end_to_end_id is not null and end_to_end_id <> 'NOTPROVIDED'
    union
    select
        message_id,
        {{ batch_of_message('message_id', 'payment_information_id') }} as spoken_of_as,
        end_to_end_id
    from {{ ref('stg_payment_orders') }}
    where end_to_end_id is not null and end_to_end_id <> 'NOTPROVIDED'
),

{# Keys are made before the joins, which then compare nothing but columns. #}
said as (
    select
        *,
        case when end_to_end_id is null and uetr is null then original_message_id end as whole_message_id,
        case when end_to_end_id is null or end_to_end_id = 'NOTPROVIDED' then uetr end as only_uetr
    from {{ ref('stg_payment_events') }}
),

{# What is said of a whole message or batch is said of each payment that it orders. #}
addressed as (
    select
        said.*,
        case
            when ordered.end_to_end_id is not null
                then {{ joined_id(['said.event_id', 'ordered.end_to_end_id']) }}
            else said.event_id
        end as own_event_id,
        coalesce(ordered.end_to_end_id, uetrs.end_to_end_id, said.end_to_end_id) as own_end_to_end_id
    from said
    left join ordered
        on said.whole_message_id = ordered.message_id and said.payment_id = ordered.spoken_of_as
    left join uetrs on said.only_uetr = uetrs.uetr
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
from addressed as events
left join hub_ids on events.own_end_to_end_id = hub_ids.end_to_end_id
