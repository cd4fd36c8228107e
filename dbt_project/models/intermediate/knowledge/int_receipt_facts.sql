with versions as (
    select * from {{ ref('stg_receipts_versions') }}
)

select
    receipt_id,
    obligation_type,
    obligation_id as instalment_id,
    customer_id,
    received_date as fact_date,
    amount,
    currency,
    greatest(cast(stated_at as date), received_date) as known_date,
    cast(superseded_at as date) as superseded_date
from versions
where superseded_at is null or cast(superseded_at as date) > greatest(cast(stated_at as date), received_date)
