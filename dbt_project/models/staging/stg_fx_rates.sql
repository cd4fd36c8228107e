with newest as (
    {{ latest_version(source('bronze', 'fx_rates'), ['rate_date', 'base_currency', 'quote_currency']) }}
)

select
    rate_date,
    {{ clean('base_currency') }} as base_currency,
    {{ clean('quote_currency') }} as quote_currency,
    rate,
    {{ clean('source') }} as source,
    source_file,
    source_sha256,
    source_row,
    source_path,
    known_at
from newest
