{# A movement is told once or many times: by the statement that books it, by reports of the day before
   one does, and by every download that reaches so far. It counts where it was told first.

   Downloads overlap, and their texts change between them in case, blanks and marks. Ids tell which
   movement is meant, or, where there are none, what it says and how often the download says so: the
   second of two equal rows is the second of the other download. #}
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
                        coalesce({{ plain_words('entries.said_reference') }}, ''),
                        coalesce({{ plain_words('entries.said_party') }}, ''),
                        coalesce({{ plain_words('entries.remittance') }}, '')
                    )
            else entries.entry_id
        end as content
    from (
        select
            *,
            coalesce(transaction_id, bank_reference, entry_reference) as said_reference,
            coalesce(counterparty_account, counterparty_name) as said_party
        from {{ ref('stg_statement_entries') }}
    ) as entries
    inner join {{ ref('int_statements') }} as statements
        on
            entries.account_id = statements.account_id
            and {{ whole_statement('entries.statement_id') }} = statements.statement_id
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
        first_value(entry_id) over (
            partition by account_id, currency, content, time_in_statement
            order by known_at, source_file, statement_id
        ) as counted_as
    from repeated
)

select
    account_id,
    currency,
    entry_id,
    counted_as,
    statement_id,
    movement_date,
    amount,
    is_interim,
    known_at,
    source_file
from tellings
