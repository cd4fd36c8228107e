{# What each statement states and books, its pages together, in the order of the account's days and
   numbers, whenever its file arrived. The balances that prove a statement are chosen as the reader chooses them. #}
with balances as (
    select
        account_id,
        {{ whole_statement('statement_id') }} as statement_id,
        coalesce(currency, account_currency) as currency,
        message_type,
        is_interim,
        sequence,
        from_date,
        to_date,
        balance_type,
        amount,
        balance_date,
        source_file,
        known_at,
        row_number() over (
            partition by
                account_id, {{ whole_statement('statement_id') }}, coalesce(currency, account_currency),
                balance_type
            order by {{ page_of_statement('statement_id') }} nulls first, balance_index
        ) as place,
        row_number() over (
            partition by
                account_id, {{ whole_statement('statement_id') }}, coalesce(currency, account_currency),
                balance_type
            order by {{ page_of_statement('statement_id') }} desc, balance_index desc
        ) as place_from_end,
        row_number() over (
            partition by
                account_id, {{ whole_statement('statement_id') }}, coalesce(currency, account_currency),
                balance_type
            order by balance_date desc, {{ page_of_statement('statement_id') }} desc, balance_index asc
        ) as place_by_day
    from {{ ref('stg_statement_balances') }}
),

stated as (
    select
        account_id,
        statement_id,
        currency,
        min(message_type) as message_type,
        min(sequence) as sequence,
        min(from_date) as from_date,
        max(to_date) as to_date,
        max(case when balance_type = 'CLBD' then balance_date end) as closing_date,
        max(case when balance_type = 'OPBD' and place = 1 then amount end) as booked_opening,
        max(case when balance_type = 'PRCD' and place = 1 then amount end) as previous_closing,
        max(case when balance_type = 'CLBD' and place_by_day = 1 then amount end) as booked_closing,
        max(case when balance_type = 'ITBD' and place = 1 then amount end) as first_interim,
        max(case when balance_type = 'ITBD' and place_from_end = 1 then amount end) as last_interim,
        count(case when balance_type = 'ITBD' then 1 end) as interims,
        min(source_file) as source_file,
        min(known_at) as known_at
    from balances
    group by account_id, statement_id, currency
),

booked as (
    select
        account_id,
        {{ whole_statement('statement_id') }} as statement_id,
        coalesce(currency, account_currency) as currency,
        min(message_type) as message_type,
        min(sequence) as sequence,
        count(distinct {{ joined_id(['statement_id', 'entry_index']) }}) as entries,
        {{ money('sum(amount)') }} as moved,
        {{ money('sum(case when detail_index = 0 and entry_amount > 0 then entry_amount else 0 end)') }}
            as credits,
        {{ money('sum(case when detail_index = 0 and entry_amount < 0 then -entry_amount else 0 end)') }}
            as debits,
        {{ joined_text('day_and_amount') }} as booked_amounts,
        min(booking_date) as first_booked,
        max(booking_date) as last_booked,
        min(source_file) as source_file,
        min(known_at) as known_at
    from (
        select
            *,
            case
                when detail_index = 0 then {{ joined_id(['booking_date', 'entry_amount']) }}
            end as day_and_amount
        from {{ ref('stg_statement_entries') }}
    ) as entries
    group by
        account_id, {{ whole_statement('statement_id') }}, coalesce(currency, account_currency)
),

statements as (
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
    from stated
    full outer join booked
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
marked as (
    select
        *,
        case
            when opening_balance is not null and closing_balance is not null then ''
            when message_type in ('CSV', 'OFX') then statement_id
            else coalesce(booked_amounts, '')
        end as told_by
    from enclosed
),

{# The same balances and movements under another name are the same statement once more: in another
   format, or under a new number. The one we knew first counts. #}
compared as (
    select
        *,
        row_number() over (
            partition by
                account_id, currency, is_interim, opening_balance, closing_balance, entries, credits,
                debits, first_booked, last_booked, told_by, case when entries = 0 then sequence end,
                case when entries = 0 then to_date end
            order by known_at, source_file, statement_id
        ) as telling,
        first_value(statement_id) over (
            partition by
                account_id, currency, is_interim, opening_balance, closing_balance, entries, credits,
                debits, first_booked, last_booked, told_by, case when entries = 0 then sequence end,
                case when entries = 0 then to_date end
            order by known_at, source_file, statement_id
        ) as first_told
    from marked
),

ordered as (
    select
        *,
        not is_interim and telling = 1 and opening_balance is not null and closing_balance is not null
            as in_chain,
        max(case when not is_interim and telling = 1 then to_date end)
            over (partition by account_id, currency) as last_statement_date
    from compared
),

{# A download that overlaps the one before does not follow it. #}
chained as (
    select
        account_id,
        statement_id,
        currency,
        case
            when message_type <> 'CSV' or from_date > lag(to_date) over earlier
                then lag(statement_id) over earlier
        end as previous_statement_id,
        case
            when message_type <> 'CSV' or from_date > lag(to_date) over earlier
                then lag(closing_balance) over earlier
        end as previous_closing_balance,
        lag(number) over earlier as previous_number,
        min(known_at) over (
            partition by account_id, currency
            order by to_date nulls last, number nulls last, page nulls last, statement_id
            rows between 1 following and unbounded following
        ) as follower_known_at
    from ordered
    where in_chain
    window earlier as (
        partition by account_id, currency
        order by to_date nulls last, number nulls last, page nulls last, statement_id
    )
)

select
    ordered.account_id,
    ordered.statement_id,
    ordered.currency,
    ordered.message_type,
    ordered.is_interim,
    ordered.sequence,
    ordered.from_date,
    ordered.to_date,
    ordered.last_statement_date,
    ordered.entries,
    ordered.opening_balance,
    ordered.moved,
    ordered.closing_balance,
    case when ordered.telling > 1 and not ordered.is_interim then ordered.first_told end as duplicate_of,
    chained.previous_statement_id,
    chained.previous_closing_balance,
    case
        when ordered.number - chained.previous_number = 2 then cast(ordered.number - 1 as {{ type_text() }})
        when ordered.number - chained.previous_number > 2
            then concat_ws(
                '-',
                cast(chained.previous_number + 1 as {{ type_text() }}),
                cast(ordered.number - 1 as {{ type_text() }})
            )
    end as missing_numbers,
    {{ money('ordered.closing_balance - ordered.opening_balance - ordered.moved') }} as balance_difference,
    {{ money('ordered.opening_balance - chained.previous_closing_balance') }} as chain_difference,
    coalesce(ordered.known_at > chained.follower_known_at, false) as arrived_late,
    ordered.source_file,
    ordered.known_at
from ordered
left join chained
    on
        ordered.account_id = chained.account_id
        and ordered.statement_id = chained.statement_id
        and coalesce(ordered.currency, '') = coalesce(chained.currency, '')
