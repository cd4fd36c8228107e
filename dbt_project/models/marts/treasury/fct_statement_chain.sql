{# One row per statement and currency, with its place in the chain of the account. A report of the day counts
   until a statement covers the day. #}
with judged as (
    select
        *,
        case
            when is_interim and {{ is_covered('to_date', 'last_statement_date') }} then 'superseded'
            when is_interim then 'provisional'
            when duplicate_of is not null then 'duplicate'
            when balance_difference <> 0 then 'does_not_add_up'
            when opening_balance is null or closing_balance is null then 'not_stated'
            when previous_statement_id is null then 'first'
            when chain_difference <> 0 then 'gap'
            when arrived_late then 'out_of_order'
            else 'chained'
        end as state
    from {{ ref('int_statements') }}
)

select
    account_id,
    statement_id,
    coalesce(currency, 'XXX') as currency,
    message_type,
    sequence,
    from_date,
    to_date,
    entries,
    opening_balance,
    moved,
    closing_balance,
    state,
    case state
        when 'does_not_add_up' then balance_difference
        when 'gap' then chain_difference
    end as difference,
    previous_statement_id,
    previous_closing_balance,
    missing_numbers,
    duplicate_of,
    arrived_late,
    source_file,
    known_at
from judged
