{# One row per statement and currency that books entries, its pages together: what they add up to. #}
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
