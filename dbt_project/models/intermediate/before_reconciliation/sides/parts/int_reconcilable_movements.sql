{# One row per bank movement, in the words that all sides of reconciliations share. #}
select
    entry_id as row_id,
    account_id,
    movement_date as date,
    value_date,
    amount,
    currency,
    coalesce(end_to_end_id, entry_reference, bank_reference) as reference,
    nullif(concat_ws(
        ' ', end_to_end_id, entry_reference, bank_reference, payment_information_id, remittance,
        additional_information
    ), '') as references_text,
    counterparty_name,
    counterparty_account,
    coalesce(remittance, additional_information) as description,
    case
        when return_reason is not null then 'return'
        when reversal then 'reversal'
        else bank_transaction_code
    end as document_type,
    case
        when batch_size > 1 then {{ joined_id(['account_id', 'statement_id', 'entry_index']) }}
    end as group_id,
    provider,
    known_at
from {{ ref('int_bank_movements') }}
