with newest as (
    {{ latest_version('statement_balances') }}
)

select
    {{ joined_id(['account_id', 'statement_id', 'balance_index']) }} as balance_id,
    {{ clean('account_id') }} as account_id,
    {{ clean('account_scheme') }} as account_scheme,
    {{ clean('account_currency') }} as account_currency,
    {{ clean('servicer') }} as servicer,
    {{ clean('statement_id') }} as statement_id,
    {{ clean('sequence') }} as sequence,
    {{ clean('message_type') }} as message_type,
    {{ clean('copy_duplicate') }} as copy_duplicate,
    {{ is_interim('message_type') }} as is_interim,
    from_date,
    to_date,
    balance_index,
    {{ clean('balance_type') }} as balance_type,
    amount,
    {{ clean('currency') }} as currency,
    balance_date,
    source_file,
    source_sha256,
    source_row,
    source_path,
    stated_at as known_at
from newest
