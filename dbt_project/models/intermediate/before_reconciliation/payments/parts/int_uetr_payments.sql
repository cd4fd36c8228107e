{# One row per UETR of which an event or an order says the end-to-end id. #}
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
