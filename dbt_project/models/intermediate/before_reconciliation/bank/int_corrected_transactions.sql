{# Which entry of a download no longer counts, because the bank corrected its transaction, and which
   correction took its place. Of two corrections of one transaction the last to arrive counts.

   Some banks give an id once more after a year or two. A correction means the transaction that was
   told by then, or booked by its own day; of several, the one booked last. #}
with corrections as (
    select
        *,
        row_number() over (
            partition by
                account_id, corrected_reference, bank_reference, correction, booking_date, amount
            order by known_at, arrival_number, source_file, entry_index
        ) as occurrence
    from {{ ref('stg_transaction_corrections') }}
),

first_corrections as (
    select
        *,
        row_number() over (
            partition by account_id, corrected_reference
            order by known_at desc, arrival_number desc, source_file desc, entry_index desc
        ) as place_from_last
    from corrections
    where occurrence = 1
),

newest_corrections as (
    select *
    from first_corrections
    where place_from_last = 1
),

{# The transaction itself, wherever a download tells it. #}
transactions as (
    select
        entries.entry_id,
        entries.account_id,
        entries.bank_reference,
        entries.booking_date,
        entries.amount,
        min(entries.known_at) over (
            partition by entries.account_id, entries.bank_reference, entries.booking_date, entries.amount
        ) as first_known_at
    from {{ ref('stg_statement_entries') }} as entries
    left join corrections
        on
            entries.entry_id = corrections.entry_id
            and entries.bank_reference = corrections.corrected_reference
    where entries.message_type = 'OFX' and corrections.entry_id is null
),

named_transactions as (
    select
        transactions.entry_id,
        newest_corrections.entry_id as corrected_by,
        newest_corrections.correction,
        dense_rank() over (
            partition by transactions.account_id, transactions.bank_reference
            order by
                transactions.booking_date desc, transactions.first_known_at desc, transactions.amount desc
        ) as place_from_last
    from transactions
    inner join newest_corrections
        on
            transactions.account_id = newest_corrections.account_id
            and transactions.bank_reference = newest_corrections.corrected_reference
    where
        transactions.first_known_at <= newest_corrections.known_at
        or transactions.booking_date <= newest_corrections.booking_date
),

corrected as (
    select
        entry_id,
        corrected_by,
        correction
    from named_transactions
    where place_from_last = 1
    union all
    select
        corrections.entry_id,
        newest_corrections.entry_id as corrected_by,
        newest_corrections.correction
    from corrections
    inner join newest_corrections
        on
            corrections.account_id = newest_corrections.account_id
            and corrections.corrected_reference = newest_corrections.corrected_reference
    where
        corrections.bank_reference is distinct from newest_corrections.bank_reference
        or corrections.correction <> newest_corrections.correction
        or corrections.booking_date is distinct from newest_corrections.booking_date
        or corrections.amount <> newest_corrections.amount
)

select
    entry_id,
    min(corrected_by) as corrected_by,
    min(correction) as correction
from corrected
group by entry_id
