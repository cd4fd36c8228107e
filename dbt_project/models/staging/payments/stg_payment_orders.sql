with newest as (
    {{ latest_version('payment_orders') }}
)

select
    concat_ws(
        '+', {{ joined_id(['message_id', 'transaction_index']) }},
        case when supplement > 0 then cast(supplement as {{ type_text() }}) end
    ) as payment_order_id,
    {{ clean('message_id') }} as message_id,
    {{ clean('message_type') }} as message_type,
    {{ clean('payment_information_id') }} as payment_information_id,
    transaction_index,
    {{ clean('instruction_id') }} as instruction_id,
    {{ clean('end_to_end_id') }} as end_to_end_id,
    {{ clean('uetr') }} as uetr,
    created_at,
    requested_execution_date,
    {{ clean('direction') }} as direction,
    {{ clean('payment_method') }} as payment_method,
    batch_booking,
    amount,
    {{ clean('currency') }} as currency,
    {{ clean('debtor_name') }} as debtor_name,
    {{ clean('debtor_account') }} as debtor_account,
    {{ clean('debtor_agent') }} as debtor_agent,
    {{ clean('creditor_name') }} as creditor_name,
    {{ clean('creditor_account') }} as creditor_account,
    {{ clean('creditor_agent') }} as creditor_agent,
    {{ clean('mandate_id') }} as mandate_id,
    {{ clean('purpose') }} as purpose,
    {{ clean('remittance') }} as remittance,
    {{ clean('remainder') }} as remainder,
    source_file,
    source_sha256,
    source_row,
    source_path,
    stated_at as known_at
from newest
