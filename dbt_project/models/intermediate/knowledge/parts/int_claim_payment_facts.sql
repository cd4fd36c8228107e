{# One row per payment of a claim and version of it, with the day it was paid and when we knew it. #}
select
    claims.policy_id,
    transactions.transaction_date as fact_date,
    transactions.amount,
    greatest(
        cast(transactions.stated_at as date), transactions.transaction_date, claims.known_date
    ) as known_date,
    cast(transactions.superseded_at as date) as superseded_date
from {{ ref('stg_claim_transactions_versions') }} as transactions
inner join (
    select
        claim_id,
        policy_id,
        min(cast(stated_at as date)) as known_date
    from {{ ref('stg_claims_versions') }}
    group by claim_id, policy_id
) as claims on transactions.claim_id = claims.claim_id
where transactions.transaction_type = 'paid'
