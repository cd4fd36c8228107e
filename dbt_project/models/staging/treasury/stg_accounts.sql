with newest as (
    {{ latest_version('accounts') }}
)

select
    {{ clean('account_id') }} as account_id,
    {{ clean('account_kind') }} as account_kind,
    {{ clean('entity_id') }} as entity_id,
    {{ clean('servicer') }} as servicer,
    {{ clean('account_name') }} as account_name,
    {{ clean('currency') }} as currency,
    {{ clean('customer_id') }} as customer_id,
    {{ clean('ledger_account_code') }} as ledger_account_code,
    opened_date,
    minimum_balance,
    {{ clean('frequency') }} as frequency,
    {{ clean('district') }} as district,
    source_file,
    source_sha256,
    source_row,
    source_path,
    stated_at as known_at
from newest
