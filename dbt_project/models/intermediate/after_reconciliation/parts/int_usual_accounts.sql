{# One row per entity, currency and category of money: the account that such money mostly passed. #}
select
    entity_id,
    currency,
    category,
    account_id
from (
    select
        entity_id,
        currency,
        category,
        account_id,
        row_number() over (
            partition by entity_id, currency, category order by count(*) desc, account_id
        ) as use_rank
    from {{ ref('int_payments') }}
    where account_id is not null
    group by entity_id, currency, category, account_id
) as ranked
where use_rank = 1
