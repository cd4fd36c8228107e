with statement_versions as (
    {{ latest_version(statements_told(), ['account_id', 'statement_id']) }}
),

newest as (
    select entries.*
    from {{ source('bronze', 'statement_entries') }} as entries
    inner join (
        select distinct
            account_id,
            statement_id,
            known_at,
            source_file
        from statement_versions
    ) as versions
        on
            entries.account_id = versions.account_id
            and entries.statement_id = versions.statement_id
            and entries.known_at = versions.known_at
            and entries.source_file = versions.source_file
)

select
    {{ joined_id(['account_id', 'statement_id', 'entry_index', 'detail_index']) }} as entry_id,
    {{ clean('account_id') }} as account_id,
    {{ clean('account_scheme') }} as account_scheme,
    {{ clean('account_currency') }} as account_currency,
    {{ clean('servicer') }} as servicer,
    {{ clean('statement_id') }} as statement_id,
    {{ clean('sequence') }} as sequence,
    {{ clean('message_type') }} as message_type,
    {{ is_interim('message_type') }} as is_interim,
    entry_index,
    detail_index,
    batch_size,
    amount,
    {{ clean('currency') }} as currency,
    entry_amount,
    {{ clean('credit_debit') }} as credit_debit,
    reversal,
    {{ clean('status') }} as status,
    booking_date,
    booking_date as movement_date,
    value_date,
    {{ clean('entry_reference') }} as entry_reference,
    {{ clean('bank_reference') }} as bank_reference,
    {{ clean('end_to_end_id') }} as end_to_end_id,
    {{ clean('instruction_id') }} as instruction_id,
    {{ clean('transaction_id') }} as transaction_id,
    {{ clean('uetr') }} as uetr,
    {{ clean('message_id') }} as message_id,
    {{ clean('payment_information_id') }} as payment_information_id,
    {{ clean('mandate_id') }} as mandate_id,
    {{ clean('counterparty_name') }} as counterparty_name,
    {{ clean('counterparty_account') }} as counterparty_account,
    {{ clean('counterparty_agent') }} as counterparty_agent,
    {{ clean('bank_transaction_code') }} as bank_transaction_code,
    {{ clean('purpose') }} as purpose,
    {{ clean('return_reason') }} as return_reason,
    {{ clean('remittance') }} as remittance,
    charges,
    instructed_amount,
    {{ clean('instructed_currency') }} as instructed_currency,
    exchange_rate,
    {{ clean('additional_information') }} as additional_information,
    {{ clean('remainder') }} as remainder,
    source_file,
    source_sha256,
    source_row,
    source_path,
    known_at
from newest
where status = 'BOOK'
