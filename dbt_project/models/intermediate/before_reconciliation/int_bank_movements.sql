{# A movement counts once: by the statement that books it, and until one does by the first report of
   the day that tells of it. A bank's download may overlap the one before: its ids tell, or, where it
   has none, what it says and how often it says so. #}
with told as (
    select
        entries.*,
        case
            when entries.is_interim
                then
                    concat_ws(
                        '|', 'reported', cast(entries.booking_date as {{ type_text() }}),
                        cast(entries.amount as {{ type_text() }}),
                        coalesce(
                            entries.bank_reference, entries.entry_reference, entries.end_to_end_id,
                            entries.remittance, ''
                        )
                    )
            when entries.message_type = 'OFX' and entries.transaction_id is not null
                then
                    concat_ws(
                        '|', 'downloaded', cast(entries.booking_date as {{ type_text() }}),
                        cast(entries.amount as {{ type_text() }}), entries.transaction_id
                    )
            when entries.message_type = 'CSV'
                then
                    concat_ws(
                        '|', 'downloaded', cast(entries.booking_date as {{ type_text() }}),
                        cast(entries.amount as {{ type_text() }}),
                        coalesce(entries.transaction_id, entries.bank_reference, entries.entry_reference, ''),
                        coalesce(entries.counterparty_account, entries.counterparty_name, ''),
                        coalesce(entries.remittance, '')
                    )
            else entries.entry_id
        end as content
    from {{ ref('stg_statement_entries') }} as entries
    inner join {{ ref('int_statements') }} as statements
        on
            entries.account_id = statements.account_id
            and entries.statement_id = statements.statement_id
            and coalesce(entries.currency, entries.account_currency, '') = coalesce(statements.currency, '')
    where
        statements.duplicate_of is null
        and (
            not entries.is_interim
            or statements.last_statement_date is null
            or entries.booking_date > statements.last_statement_date
        )
),

repeated as (
    select
        *,
        row_number() over (
            partition by account_id, currency, content, statement_id order by entry_index, detail_index
        ) as time_in_statement
    from told
),

tellings as (
    select
        *,
        row_number() over (
            partition by account_id, currency, content, time_in_statement
            order by known_at, source_file, statement_id
        ) as telling
    from repeated
),

movements as (
    select *
    from tellings
    where telling = 1
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
