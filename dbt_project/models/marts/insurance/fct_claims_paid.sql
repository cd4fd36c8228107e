with transactions as (
    select *
    from {{ ref('stg_claim_transactions') }}
    where transaction_type in ('paid', 'recovery')
),

{# The cash line that carries the payment's reference, and not a line that takes it back. #}
in_ledger as (
    select
        transactions.claim_transaction_id,
        postings.posting_id,
        row_number() over (
            partition by transactions.claim_transaction_id order by postings.booking_date, postings.posting_id
        ) as age
    from transactions
    inner join {{ ref('int_cash_postings') }} as postings
        on
            transactions.payment_reference = postings.reference
            and (postings.amount > 0) = (transactions.transaction_type = 'recovery')
    where coalesce(postings.document_type, '') <> 'reversal'
),

named_by_bank as (
    select
        transactions.claim_transaction_id,
        min(movements.entry_id) as entry_id
    from transactions
    inner join {{ ref('int_bank_movements') }} as movements
        on
            transactions.payment_reference = movements.end_to_end_id
            and (movements.amount > 0) = (transactions.transaction_type = 'recovery')
    group by transactions.claim_transaction_id
),

traced as (
    select
        transactions.*,
        in_ledger.posting_id as ledger_posting_id,
        coalesce(matched.entry_id, named_by_bank.entry_id) as bank_entry_id
    from transactions
    left join in_ledger
        on transactions.claim_transaction_id = in_ledger.claim_transaction_id and in_ledger.age = 1
    left join {{ ref('int_matched_bank_entries') }} as matched
        on in_ledger.posting_id = matched.row_id and matched.recon = 'ledger_bank'
    left join named_by_bank on transactions.claim_transaction_id = named_by_bank.claim_transaction_id
)

select
    traced.claim_transaction_id,
    traced.claim_id,
    claims.policy_id,
    claims.customer_id,
    claims.entity_id,
    policies.product,
    claims.loss_date,
    claims.reported_date,
    traced.transaction_type,
    traced.transaction_date,
    traced.amount,
    traced.currency,
    traced.payment_reference,
    traced.ledger_posting_id,
    traced.bank_entry_id,
    case
        when traced.bank_entry_id is not null then 'banked'
        when traced.ledger_posting_id is not null then 'in_ledger'
        else 'paid'
    end as state
from traced
left join {{ ref('stg_claims') }} as claims on traced.claim_id = claims.claim_id
left join {{ ref('stg_policies') }} as policies on claims.policy_id = policies.policy_id
