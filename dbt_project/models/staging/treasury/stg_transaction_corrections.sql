{# One row per transaction of a download that corrects another. It names the other by the bank's id (OFX:
   CORRECTFITID), and replaces it or takes it back. One that takes back moves no money itself. #}
with newest as (
    {{ latest_version('statement_entries') }}
)

select
    {{ joined_id(['account_id', 'statement_id', 'entry_index', 'detail_index']) }} as entry_id,
    {{ clean('account_id') }} as account_id,
    {{ clean(json_text('remainder', 'CORRECTFITID')) }} as corrected_reference,
    case when upper({{ json_text('remainder', 'CORRECTACTION') }}) = 'DELETE' then 'DELETE' else 'REPLACE' end
        as correction,
    {{ clean('bank_reference') }} as bank_reference,
    {{ clean('currency') }} as currency,
    amount,
    booking_date,
    entry_index,
    number as arrival_number,
    source_file,
    stated_at as known_at
from newest
where message_type = 'OFX' and {{ clean(json_text('remainder', 'CORRECTFITID')) }} is not null
