{# One row per cash line of the general ledger that something may settle, in the words of the sides.
   Opening balances carry the past forward: nothing settles them. #}
select
    posting_id as row_id,
    account_id,
    entity_id,
    booking_date as date,
    value_date,
    amount,
    currency,
    reference,
    nullif(concat_ws(' ', reference, description), '') as references_text,
    counterparty_name,
    counterparty_account,
    description,
    document_type,
    {{ joined_id(['book', 'journal_id']) }} as group_id,
    known_at
from {{ ref('int_cash_postings') }}
where coalesce(document_type, '') <> 'opening' and amount <> 0
