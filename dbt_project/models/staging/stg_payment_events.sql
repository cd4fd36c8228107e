with newest as (
    {{ latest_version(source('bronze', 'payment_events'), ['event_id']) }}
)

select
    {{ clean('event_id') }} as event_id,
    {{ clean('payment_id') }} as payment_id,
    {{ clean('end_to_end_id') }} as end_to_end_id,
    {{ clean('uetr') }} as uetr,
    {{ clean('message_id') }} as message_id,
    {{ clean('original_message_id') }} as original_message_id,
    {{ clean('event_type') }} as event_type,
    occurred_at,
    {{ clean('direction') }} as direction,
    {{ clean('category') }} as category,
    {{ clean('entity_id') }} as entity_id,
    {{ clean('customer_id') }} as customer_id,
    {{ clean('account_id') }} as account_id,
    {{ clean('counterparty_name') }} as counterparty_name,
    {{ clean('counterparty_account') }} as counterparty_account,
    amount,
    {{ clean('currency') }} as currency,
    {{ clean('channel') }} as channel,
    {{ clean('provider') }} as provider,
    {{ clean('device_id') }} as device_id,
    {{ clean('country') }} as country,
    {{ clean('reason_code') }} as reason_code,
    {{ clean('obligation_id') }} as obligation_id,
    {{ clean('remainder') }} as remainder,
    source_file,
    source_sha256,
    source_row,
    source_path,
    known_at
from newest
