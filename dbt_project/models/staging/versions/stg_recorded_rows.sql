{# One row per booked movement and journal line that a file ever stated, in whatever version of its
   document. #}
select
    {{ joined_id(['account_id', 'statement_id', 'entry_index', 'detail_index']) }} as row_id,
    booking_date as date,
    amount,
    {{ clean('currency') }} as currency,
    known_at
from {{ source('bronze', 'statement_entries') }}
where status = 'BOOK'
union all
select
    {{ joined_id(['book', 'journal_id', 'line_number']) }} as row_id,
    booking_date as date,
    {{ money('debit - credit') }} as amount,
    {{ clean('currency') }} as currency,
    known_at
from {{ source('bronze', 'ledger_postings') }}
