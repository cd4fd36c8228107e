with newest as (
    {{ latest_version('fx_rates') }}
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
    stated_at as known_at
from newest
