{# One row per customer and day on which something about their payments became known or changed. #}
with states as (
    select *
    from {{ ref('int_instalment_states') }}
    where customer_id is not null
),

receipts as (
    select *
    from {{ ref('int_receipt_facts') }}
),

failures as (
    select *
    from {{ ref('int_failed_payment_facts') }}
),

news as (
    select
        customer_id,
        known_date as day
    from states
    union
    select
        customer_id,
        known_date as day
    from receipts
    union
    select
        customer_id,
        superseded_date as day
    from receipts
    where superseded_date is not null
    union
    select
        customer_id,
        known_date as day
    from failures
    union
    select
        customer_id,
        superseded_date as day
    from failures
    where superseded_date is not null
),

{# Days past due grow with every day that something is overdue. #}
overdue_days as (
    select
        states.customer_id,
        calendar.date as day
    from states
    inner join {{ ref('int_calendar') }} as calendar
        on
            states.due_date < calendar.date
            and {{ known_on('states', 'calendar.date') }}
            and calendar.date <= {{ as_of() }}
    where states.outstanding_amount > 0
),

changes as (
    select
        customer_id,
        due_date as day
    from states
    union
    select
        customer_id,
        {{ add_days('due_date', 1) }} as day
    from states
    union
    select
        customer_id,
        {{ add_days('due_date', 90) }} as day
    from states
    union
    select
        customer_id,
        {{ add_days('due_date', 180) }} as day
    from states
    union
    select
        customer_id,
        {{ add_days('fact_date', 30) }} as day
    from receipts
    union
    select
        customer_id,
        {{ add_days('fact_date', 30) }} as day
    from failures
    union
    select
        customer_id,
        day
    from overdue_days
)

{{ feature_days('customer_id', 'news', 'changes') }}
