with newest as (
    {{ latest_version('receipts') }}
)

select
    {{ clean('receipt_id') }} as receipt_id,
    {{ clean('obligation_type') }} as obligation_type,
    {{ clean('obligation_id') }} as obligation_id,
    {{ clean('customer_id') }} as customer_id,
    {{ clean('entity_id') }} as entity_id,
    received_date,
    amount,
    {{ clean('currency') }} as currency,
    {{ clean('channel') }} as channel,
    {{ clean('payment_reference') }} as payment_reference,
    {{ clean('remitted_by') }} as remitted_by,
    source_file,
    source_sha256,
    source_row,
    source_path,
    stated_at as known_at
from newest
