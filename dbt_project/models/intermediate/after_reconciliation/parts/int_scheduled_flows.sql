{# One row per instalment and claim payment whose money has not come or gone yet. What a claim paid before the
   books of its entity were opened is inside their opening balances. #}
with books as (
    select
        entity_id,
        min(booking_date) as opened_date
    from {{ ref('int_cash_postings') }}
    group by entity_id
)

select
    'premium' as source,
    'premium' as category,
    instalment_id as obligation_id,
    customer_id,
    entity_id,
    due_date,
    currency,
    outstanding_amount as amount,
    1 as sign
from {{ ref('fct_premium_receivable') }}
where outstanding_amount > 0
union all
select
    'loan' as source,
    'loan_instalment' as category,
    instalment_id as obligation_id,
    customer_id,
    entity_id,
    due_date,
    currency,
    outstanding_amount as amount,
    1 as sign
from {{ ref('fct_loan_receivable') }}
where outstanding_amount > 0
union all
select
    'claim' as source,
    'claim' as category,
    claims.claim_transaction_id as obligation_id,
    claims.customer_id,
    claims.entity_id,
    claims.transaction_date as due_date,
    claims.currency,
    claims.amount,
    case claims.transaction_type when 'recovery' then 1 else -1 end as sign
from {{ ref('fct_claims_paid') }} as claims
inner join books on claims.entity_id = books.entity_id and claims.transaction_date >= books.opened_date
where claims.state <> 'banked'
