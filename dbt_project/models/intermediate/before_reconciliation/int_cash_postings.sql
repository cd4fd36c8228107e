{# A cash line names its bank account, or its ledger account mirrors exactly one. #}
with mirrored as (
    select
        ledger_account_code,
        min(account_id) as account_id
    from {{ ref('stg_accounts') }}
    where account_kind = 'own' and ledger_account_code is not null
    group by ledger_account_code
    having count(*) = 1
)

select
    postings.posting_id,
    postings.book,
    postings.journal_id,
    coalesce(postings.bank_account_id, mirrored.account_id) as account_id,
    postings.entity_id,
    postings.booking_date,
    postings.value_date,
    postings.amount,
    postings.currency,
    postings.reference,
    postings.document_type,
    postings.counterparty_name,
    postings.counterparty_account,
    postings.description,
    postings.known_at
from {{ ref('stg_ledger_postings') }} as postings
left join mirrored on postings.account_code = mirrored.ledger_account_code
where
    postings.book = 'general'
    and coalesce(postings.bank_account_id, mirrored.account_id) is not null
