{# One row per booked movement and occurrence of it. A movement occurs once or many times: in the statement
   that books it, in reports of the day before one does, and in every download that reaches so far. It
   counts where it occurred first.

   Downloads overlap, and their texts change between them in case, blanks and marks. Ids tell which
   movement is meant, or, where there are none, what it says and how often the download says so: the
   second of two equal rows is the second of the other download.

   What the bank corrected by name counts as its correction, and what a later download says otherwise
   under the same id counts as the later one says. #}
with identified as (
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
                        coalesce({{ plain_words('entries.any_reference') }}, ''),
                        coalesce({{ plain_words('entries.any_party') }}, ''),
                        coalesce({{ plain_words('entries.remittance') }}, '')
                    )
            else entries.entry_id
        end as content,
        case
            when entries.is_interim then null
            when entries.message_type = 'OFX' then entries.transaction_id
            when entries.message_type = 'CSV' then nullif({{ plain_words('entries.any_reference') }}, '')
        end as stated_id
    from (
        select
            *,
            coalesce(transaction_id, bank_reference, entry_reference) as any_reference,
            coalesce(counterparty_account, counterparty_name) as any_party
        from {{ ref('stg_statement_entries') }}
    ) as entries
    inner join {{ ref('int_statements') }} as statements
        on
            entries.account_id = statements.account_id
            and {{ whole_statement('entries.statement_id') }} = statements.statement_id
            and coalesce(entries.currency, entries.account_currency, '') = coalesce(statements.currency, '')
    where
        statements.duplicate_of is null
        and not (
            entries.is_interim
            and {{ is_covered('entries.booking_date', 'statements.last_statement_date') }}
        )
),

repeated as (
    select
        *,
        row_number() over (
            partition by account_id, currency, content, statement_id order by entry_index, detail_index
        ) as time_in_statement,
        count(*) over (partition by account_id, currency, statement_id, stated_id) as times_stated,
        min(booking_date) over (partition by account_id, currency, statement_id) as reaches_from,
        max(booking_date) over (partition by account_id, currency, statement_id) as reaches_to
    from identified
),

occurrences as (
    select
        *,
        first_value(entry_id) over (
            partition by account_id, currency, content, time_in_statement
            order by known_at, arrival_number, source_file, statement_id
        ) as first_entry_id,
        row_number() over (
            partition by account_id, currency, content, time_in_statement
            order by reaches_to desc, known_at desc, arrival_number desc, source_file desc
        ) as place_from_last
    from repeated
),

{# What downloads say of each id that they give to one movement only, in the order in which they say so:
   the one that reaches further speaks later, and of two that reach equally far the one that came later. #}
stated as (
    select
        *,
        row_number() over (
            partition by account_id, currency, stated_id
            order by reaches_to, known_at, arrival_number, source_file, content
        ) as place
    from occurrences
    where place_from_last = 1 and time_in_statement = 1 and times_stated = 1 and stated_id is not null
),

{# A later download that covers the day of a movement, no longer has it, and says something else under its
   id, restates it. Where it has the same day and amount under another id, the bank counts its ids anew. #}
restated as (
    select
        older.account_id,
        older.currency,
        older.content,
        newer.first_entry_id,
        row_number() over (
            partition by older.account_id, older.currency, older.content order by newer.place desc
        ) as place_from_last
    from stated as older
    inner join stated as newer
        on
            older.account_id = newer.account_id
            and older.currency = newer.currency
            and older.stated_id = newer.stated_id
            and older.place < newer.place
            and older.statement_id <> newer.statement_id
            and older.booking_date between newer.reaches_from and newer.reaches_to
            and abs({{ days_between('older.booking_date', 'newer.booking_date') }})
            <= {{ restated_within_days() }}
    left join identified as of_other_id
        on
            newer.account_id = of_other_id.account_id
            and newer.currency = of_other_id.currency
            and newer.statement_id = of_other_id.statement_id
            and older.booking_date = of_other_id.booking_date
            and older.amount = of_other_id.amount
            and older.stated_id is distinct from of_other_id.stated_id
    where of_other_id.entry_id is null
)

select
    occurrences.account_id,
    occurrences.currency,
    occurrences.entry_id,
    coalesce(corrected.corrected_by, restated.first_entry_id, occurrences.first_entry_id) as counted_as,
    case
        when corrected.entry_id is not null then corrected.correction
        when restated.content is not null then 'RESTATED'
    end as correction,
    occurrences.statement_id,
    occurrences.movement_date,
    occurrences.amount,
    occurrences.is_interim,
    occurrences.known_at,
    occurrences.source_file
from occurrences
left join {{ ref('int_corrected_transactions') }} as corrected on occurrences.entry_id = corrected.entry_id
left join restated
    on
        occurrences.account_id = restated.account_id
        and occurrences.currency = restated.currency
        and occurrences.content = restated.content
        and occurrences.time_in_statement = 1
        and restated.place_from_last = 1
