with newest as (
    {{ latest_version('ledger_postings') }}
)

select
    {{ joined_id(['book', 'journal_id', 'line_number']) }} as posting_id,
    {{ clean('book') }} as book,
    {{ clean('journal_id') }} as journal_id,
    line_number,
    {{ clean('entity_id') }} as entity_id,
    {{ clean('account_code') }} as account_code,
    {{ clean('bank_account_id') }} as bank_account_id,
    booking_date,
    value_date,
    posted_at,
    debit,
    credit,
    {{ money('debit - credit') }} as amount,
    {{ clean('currency') }} as currency,
    {{ clean('reference') }} as reference,
    {{ clean('document_type') }} as document_type,
    {{ clean('counterparty_name') }} as counterparty_name,
    {{ clean('counterparty_account') }} as counterparty_account,
    {{ clean('counterparty_agent') }} as counterparty_agent,
    {{ clean('description') }} as description,
    balance_after,
    source_file,
    source_sha256,
    source_row,
    source_path,
    stated_at as known_at
from newest
