{# A report of the day counts until a statement covers the day. #}
with covered as (
    select
        account_id,
        currency,
        max(to_date) as covered_until
    from {{ ref('int_statements') }}
    where not is_interim and duplicate_of is null
    group by account_id, currency
),

judged as (
    select
        statements.*,
        case
            when statements.is_interim and statements.to_date <= covered.covered_until then 'superseded'
            when statements.is_interim then 'provisional'
            when statements.duplicate_of is not null then 'duplicate'
            when statements.balance_difference <> 0 then 'does_not_add_up'
            when statements.opening_balance is null or statements.closing_balance is null then 'not_stated'
            when statements.previous_statement_id is null then 'first'
            when statements.chain_difference <> 0 then 'gap'
            when statements.arrived_late then 'out_of_order'
            else 'chained'
        end as state
    from {{ ref('int_statements') }} as statements
    left join covered
        on
            statements.account_id = covered.account_id
            and coalesce(statements.currency, '') = coalesce(covered.currency, '')
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
