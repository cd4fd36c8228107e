{# One row per instalment and day on which what we knew of it changed: every state of an instalment that we
   ever knew. It lasts from one piece of news to the next. #}
with standing as (
    select *
    from {{ ref('int_instalment_versions') }}
    where superseded_date is null or superseded_date > known_date
),

news as (
    select
        obligation_type,
        instalment_id,
        known_date as day
    from standing
    union
    select
        obligation_type,
        instalment_id,
        known_date as day
    from {{ ref('int_receipt_facts') }}
    union
    select
        obligation_type,
        instalment_id,
        superseded_date as day
    from {{ ref('int_receipt_facts') }}
    where superseded_date is not null
),

received as (
    select
        standing.obligation_type,
        standing.instalment_id,
        standing.contract_id,
        standing.customer_id,
        standing.due_date,
        standing.amount,
        standing.currency,
        standing.is_cancelled,
        news.day,
        receipts.fact_date as received_date,
        receipts.amount as received_amount,
        sum(receipts.amount) over (
            partition by news.obligation_type, news.instalment_id, news.day
            order by receipts.fact_date, receipts.receipt_id
            rows between unbounded preceding and current row
        ) as received_so_far
    from news
    inner join standing
        on
            news.obligation_type = standing.obligation_type
            and news.instalment_id = standing.instalment_id
            and {{ known_on('standing', 'news.day') }}
    left join {{ ref('int_receipt_facts') }} as receipts
        on
            news.obligation_type = receipts.obligation_type
            and news.instalment_id = receipts.instalment_id
            and standing.currency = receipts.currency
            and {{ known_on('receipts', 'news.day') }}
),

states as (
    select
        obligation_type,
        instalment_id,
        contract_id,
        customer_id,
        due_date,
        amount,
        currency,
        is_cancelled,
        day,
        {{ money('coalesce(sum(received_amount), 0)') }} as received_amount,
        min(case when received_so_far >= amount then received_date end) as paid_in_full_date
    from received
    group by
        obligation_type, instalment_id, contract_id, customer_id, due_date, amount, currency, is_cancelled,
        day
)

select
    obligation_type,
    instalment_id,
    contract_id,
    customer_id,
    due_date,
    amount,
    currency,
    is_cancelled,
    received_amount,
    case
        when is_cancelled then cast(0 as {{ type_money() }})
        else {{ money('greatest(amount - received_amount, 0)') }}
    end as outstanding_amount,
    paid_in_full_date,
    day as known_date,
    lead(day) over (partition by obligation_type, instalment_id order by day) as superseded_date
from states
