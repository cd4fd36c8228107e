{# One row per statement and currency, reports of the day included: what it states and what it books, and
   how often the same statement occurred before.

   The same balances and movements under another name are the same statement once more: in another
   format, or under a new number. The one we knew first counts. #}
with statements as (
    select
        coalesce(stated.account_id, booked.account_id) as account_id,
        coalesce(stated.statement_id, booked.statement_id) as statement_id,
        coalesce(stated.currency, booked.currency) as currency,
        coalesce(stated.message_type, booked.message_type) as message_type,
        {{ is_interim('coalesce(stated.message_type, booked.message_type)') }} as is_interim,
        coalesce(stated.sequence, booked.sequence) as sequence,
        coalesce(stated.from_date, booked.first_booked) as from_date,
        coalesce(stated.closing_date, stated.to_date, booked.last_booked) as to_date,
        coalesce(stated.booked_opening, stated.previous_closing) as stated_opening,
        stated.booked_closing,
        stated.first_interim,
        stated.last_interim,
        coalesce(stated.interims, 0) as interims,
        coalesce(booked.entries, 0) as entries,
        coalesce(booked.moved, cast(0 as {{ type_money() }})) as moved,
        coalesce(booked.credits, cast(0 as {{ type_money() }})) as credits,
        coalesce(booked.debits, cast(0 as {{ type_money() }})) as debits,
        booked.booked_amounts,
        booked.first_booked,
        booked.last_booked,
        coalesce(stated.source_file, booked.source_file) as source_file,
        coalesce(stated.known_at, booked.known_at) as known_at
    from {{ ref('int_stated_balances') }} as stated
    full outer join {{ ref('int_booked_totals') }} as booked
        on
            stated.account_id = booked.account_id
            and stated.statement_id = booked.statement_id
            and coalesce(stated.currency, '') = coalesce(booked.currency, '')
),

{# A page of a long statement begins and ends with interim balances; a report of the day does not. #}
enclosed as (
    select
        *,
        coalesce(stated_opening, case
            when not is_interim and interims > 0 and (booked_closing is not null or interims > 1)
                then first_interim
        end) as opening_balance,
        coalesce(booked_closing, case
            when not is_interim and (stated_opening is not null or interims > 1) then last_interim
        end) as closing_balance,
        cast(nullif(regexp_extract(sequence, '^[0-9]{1,15}', 0), '') as bigint) as number,
        cast(nullif(regexp_extract(sequence, '^[0-9]+[^0-9]+([0-9]{1,9})$', 1), '') as bigint) as page
    from statements
),

{# What says that two statements are one, beside equal sums and days. Without entries, numbers decide;
   without both balances, what was booked does. A download without them stays what it is, for its
   movements are told apart one by one. #}
identified as (
    select
        *,
        case
            when opening_balance is not null and closing_balance is not null then ''
            when message_type in ('CSV', 'OFX') then statement_id
            else coalesce(booked_amounts, '')
        end as own_content,
        case when entries = 0 then sequence end as own_sequence,
        case when entries = 0 then to_date end as own_date
    from enclosed
)

select
    account_id,
    statement_id,
    currency,
    message_type,
    is_interim,
    sequence,
    number,
    page,
    from_date,
    to_date,
    entries,
    opening_balance,
    moved,
    closing_balance,
    source_file,
    known_at,
    row_number() over occurrences as occurrence,
    first_value(statement_id) over occurrences as first_statement_id
from identified
window occurrences as (
    partition by
        account_id, currency, is_interim, opening_balance, closing_balance, entries, credits, debits,
        first_booked, last_booked, own_content, own_sequence, own_date
    order by known_at, source_file, statement_id
)
