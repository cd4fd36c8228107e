{# One row per booked movement, where it occurred first: see int_movement_occurrences. #}
with movements as (
    select entries.*
    from {{ ref('stg_statement_entries') }} as entries
    inner join {{ ref('int_movement_occurrences') }} as occurrences
        on entries.entry_id = occurrences.entry_id and occurrences.entry_id = occurrences.counted_as
),

named_providers as (
    select
        movements.entry_id,
        min(providers.provider) as provider
    from movements
    inner join {{ ref('provider_names') }} as providers
        on
            lower(concat_ws(' ', movements.counterparty_name, movements.remittance))
            like providers.name_pattern
    group by movements.entry_id
),

coded as (
    select
        movements.entry_id,
        min(codes.category) as category
    from movements
    inner join {{ ref('bank_code_categories') }} as codes
        on movements.bank_transaction_code like codes.code_pattern
    group by movements.entry_id
)

select
    movements.entry_id,
    movements.account_id,
    movements.statement_id,
    movements.entry_index,
    movements.batch_size,
    movements.amount,
    movements.currency,
    movements.movement_date,
    movements.value_date,
    movements.reversal,
    movements.is_interim as is_provisional,
    case when movements.end_to_end_id <> 'NOTPROVIDED' then movements.end_to_end_id end as end_to_end_id,
    movements.entry_reference,
    movements.bank_reference,
    movements.payment_information_id,
    movements.return_reason,
    movements.counterparty_name,
    movements.counterparty_account,
    movements.bank_transaction_code,
    movements.remittance,
    movements.charges,
    movements.instructed_amount,
    movements.instructed_currency,
    movements.exchange_rate,
    movements.additional_information,
    named_providers.provider,
    coded.category as coded_category,
    movements.known_at
from movements
left join named_providers on movements.entry_id = named_providers.entry_id
left join coded on movements.entry_id = coded.entry_id
