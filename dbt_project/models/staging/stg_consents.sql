with newest as (
    {{ latest_version(
        source('bronze', 'consents'), ['customer_id', 'fact', 'channel', 'obligation_id', 'effective_from']
    ) }}
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
    known_at
from newest
