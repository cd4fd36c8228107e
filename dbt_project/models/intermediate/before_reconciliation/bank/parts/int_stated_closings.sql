{# One row per account, currency and day whose closing balance a statement states: the last one of the day. #}
select
    account_id,
    currency,
    date,
    amount,
    statement_id,
    first_day
from (
    select
        account_id,
        currency,
        balance_date as date,
        amount,
        statement_id,
        min(coalesce(from_date, balance_date)) over (partition by account_id, currency, balance_date)
            as first_day,
        row_number() over (
            partition by account_id, currency, balance_date
            order by
                coalesce(to_date, balance_date) desc, length(sequence) desc, sequence desc,
                statement_id desc, balance_index desc
        ) as recency
    from {{ ref('stg_statement_balances') }}
    where not is_interim and balance_type = 'CLBD'
) as ranked
where recency = 1
