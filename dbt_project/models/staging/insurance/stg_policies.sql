with newest as (
    {{ latest_version('policies') }}
)

select
    {{ clean('policy_id') }} as policy_id,
    {{ clean('entity_id') }} as entity_id,
    {{ clean('customer_id') }} as customer_id,
    {{ clean('product') }} as product,
    {{ clean('cover') }} as cover,
    inception_date,
    expiry_date,
    {{ clean('status') }} as status,
    annual_premium,
    {{ clean('currency') }} as currency,
    {{ clean('instalment_plan') }} as instalment_plan,
    {{ clean('payment_channel') }} as payment_channel,
    {{ clean('broker') }} as broker,
    updated_at,
    source_file,
    source_sha256,
    source_row,
    source_path,
    stated_at as known_at
from newest
