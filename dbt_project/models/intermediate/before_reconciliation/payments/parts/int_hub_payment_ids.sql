{# One row per end-to-end id of a payment that the hub knows by an id of its own. #}
select
    end_to_end_id,
    min(payment_id) as payment_id
from {{ ref('stg_payment_events') }}
where payment_id <> end_to_end_id
group by end_to_end_id
