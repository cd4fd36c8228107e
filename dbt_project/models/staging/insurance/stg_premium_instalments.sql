with newest as (
    {{ latest_version('premium_instalments') }}
)

select
    {{ clean('instalment_id') }} as instalment_id,
    {{ clean('policy_id') }} as policy_id,
    {{ clean('customer_id') }} as customer_id,
    {{ clean('entity_id') }} as entity_id,
    instalment_number,
    billed_date,
    due_date,
    amount,
    {{ clean('currency') }} as currency,
    {{ clean('status') }} as status,
    updated_at,
    source_file,
    source_sha256,
    source_row,
    source_path,
    stated_at as known_at
from newest
