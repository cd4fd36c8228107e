{# One row per statement and currency, reports of the day included, in the order of the account's days and
   numbers, whenever its file arrived. #}
with ordered as (
    select
        *,
        not is_interim and occurrence = 1 and opening_balance is not null and closing_balance is not null
            as in_chain,
        max(case when not is_interim and occurrence = 1 then to_date end)
            over (partition by account_id, currency) as last_statement_date
    from {{ ref('int_statement_totals') }}
),

{# A download that overlaps the one before does not follow it. #}
chained as (
    select
        account_id,
        statement_id,
        currency,
        case
            when message_type <> 'CSV' or from_date > lag(to_date) over earlier
                then lag(statement_id) over earlier
        end as previous_statement_id,
        case
            when message_type <> 'CSV' or from_date > lag(to_date) over earlier
                then lag(closing_balance) over earlier
        end as previous_closing_balance,
        lag(number) over earlier as previous_number,
        min(known_at) over (
            partition by account_id, currency
            order by to_date nulls last, number nulls last, page nulls last, statement_id
            rows between 1 following and unbounded following
        ) as follower_known_at
    from ordered
    where in_chain
    window earlier as (
        partition by account_id, currency
        order by to_date nulls last, number nulls last, page nulls last, statement_id
    )
)

select
    ordered.account_id,
    ordered.statement_id,
    ordered.currency,
    ordered.message_type,
    ordered.is_interim,
    ordered.sequence,
    ordered.from_date,
    ordered.to_date,
    ordered.last_statement_date,
    ordered.entries,
    ordered.opening_balance,
    ordered.moved,
    ordered.closing_balance,
    case
        when ordered.occurrence > 1 and not ordered.is_interim then ordered.first_statement_id
    end as duplicate_of,
    chained.previous_statement_id,
    chained.previous_closing_balance,
    case
        when ordered.number - chained.previous_number = 2 then cast(ordered.number - 1 as {{ type_text() }})
        when ordered.number - chained.previous_number > 2
            then concat_ws(
                '-',
                cast(chained.previous_number + 1 as {{ type_text() }}),
                cast(ordered.number - 1 as {{ type_text() }})
            )
    end as missing_numbers,
    {{ money('ordered.closing_balance - ordered.opening_balance - ordered.moved') }} as balance_difference,
    {{ money('ordered.opening_balance - chained.previous_closing_balance') }} as chain_difference,
    coalesce(ordered.known_at > chained.follower_known_at, false) as arrived_late,
    ordered.source_file,
    ordered.known_at
from ordered
left join chained
    on
        ordered.account_id = chained.account_id
        and ordered.statement_id = chained.statement_id
        and coalesce(ordered.currency, '') = coalesce(chained.currency, '')
