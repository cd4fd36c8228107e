with newest as (
    {{ latest_version('claims') }}
)

select
    {{ clean('claim_id') }} as claim_id,
    {{ clean('policy_id') }} as policy_id,
    {{ clean('customer_id') }} as customer_id,
    {{ clean('entity_id') }} as entity_id,
    loss_date,
    reported_date,
    {{ clean('cause') }} as cause,
    {{ clean('status') }} as status,
    reserve_amount,
    {{ clean('currency') }} as currency,
    updated_at,
    source_file,
    source_sha256,
    source_row,
    source_path,
    stated_at as known_at
from newest
