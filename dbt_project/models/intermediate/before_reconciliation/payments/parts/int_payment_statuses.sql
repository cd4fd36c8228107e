{# One row per payment of which a bank said something: its newest word about the payment, and of the name
   of its payee. #}
with ranked_statuses as (
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
)

select
    payment_id,
    max(case when event_type <> 'payee_verified' then status end) as bank_status,
    max(case when event_type <> 'payee_verified' then nullif(reason_code, status) end) as reason_code,
    max(case when event_type <> 'payee_verified' then reason end) as reason,
    max(case when event_type = 'payee_verified' then status end) as verification_status
from ranked_statuses
where recency = 1
group by payment_id
