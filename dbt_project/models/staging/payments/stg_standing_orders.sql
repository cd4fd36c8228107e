with newest as (
    {{ latest_version('standing_orders') }}
)

select
    {{ clean('standing_order_id') }} as standing_order_id,
    {{ clean('account_id') }} as account_id,
    {{ clean('counterparty_agent') }} as counterparty_agent,
    {{ clean('counterparty_account') }} as counterparty_account,
    amount,
    {{ clean('currency') }} as currency,
    {{ clean('symbol') }} as symbol,
    source_file,
    source_sha256,
    source_row,
    source_path,
    stated_at as known_at
from newest
