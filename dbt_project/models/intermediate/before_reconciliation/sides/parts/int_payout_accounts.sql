{# One row per payment provider and currency whose money has been seen on one account of ours alone. #}
select
    provider,
    currency,
    min(account_id) as account_id
from {{ ref('int_reconcilable_movements') }}
where provider is not null
group by provider, currency
having count(distinct account_id) = 1
