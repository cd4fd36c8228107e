{# One row per contact with a customer and version of it, with the day it took place and when we knew it. #}
select
    customer_id,
    outcome,
    cast(occurred_at as date) as fact_date,
    cast(greatest(stated_at, occurred_at) as date) as known_date,
    cast(superseded_at as date) as superseded_date
from {{ ref('stg_contact_events_versions') }}
