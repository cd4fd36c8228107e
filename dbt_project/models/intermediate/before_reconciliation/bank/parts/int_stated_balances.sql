{# One row per statement and currency that states balances, its pages together: the balances that prove
   it, chosen as the reader of its format chooses them. #}
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
)

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
