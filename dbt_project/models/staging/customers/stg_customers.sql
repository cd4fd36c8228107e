with newest as (
    {{ latest_version('customers') }}
)

select
    {{ clean('customer_id') }} as customer_id,
    {{ clean('entity_id') }} as entity_id,
    {{ clean('full_name') }} as full_name,
    birth_date,
    {{ clean('segment') }} as segment,
    {{ clean('country') }} as country,
    {{ clean('city') }} as city,
    {{ clean('time_zone') }} as time_zone,
    {{ clean('email') }} as email,
    {{ clean('phone') }} as phone,
    {{ clean('iban') }} as iban,
    joined_date,
    {{ clean('income_band') }} as income_band,
    updated_at,
    source_file,
    source_sha256,
    source_row,
    source_path,
    stated_at as known_at
from newest
