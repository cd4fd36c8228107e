{# One row per payment of a customer that was rejected or returned, and version of that fact. #}
select
    customer_id,
    fact_date,
    known_date,
    superseded_date
from {{ ref('int_payment_facts') }}
where customer_id is not null and event_type in ('rejected', 'returned')
