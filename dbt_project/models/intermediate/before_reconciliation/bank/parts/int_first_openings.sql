{# One row per account and currency of which a statement states an opening balance: the first of them. #}
select
    account_id,
    currency,
    amount
from (
    select
        account_id,
        currency,
        amount,
        row_number() over (
            partition by account_id, currency
            order by
                coalesce(from_date, balance_date), balance_date, length(sequence) nulls last,
                sequence nulls last, statement_id, balance_index
        ) as age
    from {{ ref('stg_statement_balances') }}
    where not is_interim and balance_type in ('OPBD', 'PRCD')
) as ranked
where age = 1
