with newest as (
    {{ latest_version('consents') }}
)

select
    {{ clean('customer_id') }} as customer_id,
    {{ clean('fact') }} as fact,
    {{ clean('channel') }} as channel,
    granted,
    effective_from,
    {{ clean('obligation_id') }} as obligation_id,
    {{ clean('source') }} as source,
    source_file,
    source_sha256,
    source_row,
    source_path,
    stated_at as known_at
from newest
