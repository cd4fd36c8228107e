with newest as (
    {{ latest_version('contact_events') }}
)

select
    {{ clean('contact_id') }} as contact_id,
    {{ clean('customer_id') }} as customer_id,
    {{ clean('obligation_id') }} as obligation_id,
    {{ clean('channel') }} as channel,
    {{ clean('direction') }} as direction,
    occurred_at,
    {{ clean('outcome') }} as outcome,
    {{ clean('address') }} as address,
    promise_amount,
    {{ clean('currency') }} as currency,
    promise_date,
    {{ clean('agent') }} as agent,
    source_file,
    source_sha256,
    source_row,
    source_path,
    stated_at as known_at
from newest
