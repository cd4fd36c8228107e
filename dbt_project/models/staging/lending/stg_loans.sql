with newest as (
    {{ latest_version('loans') }}
)

select
    {{ clean('loan_id') }} as loan_id,
    {{ clean('entity_id') }} as entity_id,
    {{ clean('customer_id') }} as customer_id,
    {{ clean('account_id') }} as account_id,
    granted_date,
    principal,
    {{ clean('currency') }} as currency,
    term_months,
    instalment_amount,
    interest_rate,
    {{ clean('payment_channel') }} as payment_channel,
    {{ clean('status') }} as status,
    updated_at,
    source_file,
    source_sha256,
    source_row,
    source_path,
    stated_at as known_at
from newest
