with newest as (
    {{ latest_version('claim_transactions') }}
)

select
    {{ clean('claim_transaction_id') }} as claim_transaction_id,
    {{ clean('claim_id') }} as claim_id,
    {{ clean('transaction_type') }} as transaction_type,
    transaction_date,
    amount,
    {{ clean('currency') }} as currency,
    {{ clean('payment_reference') }} as payment_reference,
    {{ clean('payee_name') }} as payee_name,
    {{ clean('payee_account') }} as payee_account,
    source_file,
    source_sha256,
    source_row,
    source_path,
    stated_at as known_at
from newest
