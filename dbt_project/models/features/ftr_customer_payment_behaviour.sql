{# One row per customer and day on which one of their values changed, as known at the end of that day. #}
with states as (
    select *
    from {{ ref('int_instalment_states') }}
    where customer_id is not null
),

receipts as (
    select
        facts.customer_id,
        facts.fact_date,
        facts.known_date,
        facts.superseded_date,
        {{ to_base('facts.amount', 'facts.currency', 'rates') }} as amount_base
    from {{ ref('int_receipt_facts') }} as facts
    left join {{ ref('int_fx_rates_known') }} as rates
        on facts.currency = rates.currency and facts.fact_date = rates.date
),

instalments as (
    select
        days.customer_id,
        days.day,
        {{ count_if(within('states.due_date', 'days.day', 90)) }} as due_90d,
        {{ count_if(
            'states.paid_in_full_date is not null and ' ~ within('states.due_date', 'days.day', 90)
        ) }} as paid_90d,
        {{ count_if(
            '(states.paid_in_full_date > states.due_date'
            ~ ' or states.paid_in_full_date is null and states.due_date < days.day) and '
            ~ within('states.due_date', 'days.day', 90)
        ) }} as late_90d,
        sum(case
            when states.paid_in_full_date is not null and {{ within('states.due_date', 'days.day', 180) }}
                then {{ days_late('states.due_date', 'states.paid_in_full_date') }}
        end) as days_late_180d,
        count(case
            when states.paid_in_full_date is not null and {{ within('states.due_date', 'days.day', 180) }}
                then 1
        end) as paid_180d,
        {{ sum_if(
            to_base('states.outstanding_amount', 'states.currency', 'rates'), 'states.due_date < days.day'
        ) }} as outstanding_overdue_base,
        max(case
            when states.outstanding_amount > 0 and states.due_date < days.day
                then {{ days_between('states.due_date', 'days.day') }}
        end) as days_past_due_max
    from {{ ref('int_customer_behaviour_days') }} as days
    inner join states
        on
            days.customer_id = states.customer_id
            and {{ known_on('states', 'days.day') }}
            and not states.is_cancelled
            and states.due_date <= days.day
            and (states.due_date > {{ add_days('days.day', -180) }} or states.outstanding_amount > 0)
    left join {{ ref('int_fx_rates_known') }} as rates
        on states.currency = rates.currency and days.day = rates.date
    group by days.customer_id, days.day
),

money_in as (
    select
        days.customer_id,
        days.day,
        count(*) as receipts_30d,
        {{ money('coalesce(sum(receipts.amount_base), 0)') }} as receipts_amount_30d
    from {{ ref('int_customer_behaviour_days') }} as days
    inner join receipts
        on
            days.customer_id = receipts.customer_id
            and {{ known_on('receipts', 'days.day') }}
            and {{ within('receipts.fact_date', 'days.day', 30) }}
    group by days.customer_id, days.day
),

failed as (
    select
        days.customer_id,
        days.day,
        count(*) as failed_30d
    from {{ ref('int_customer_behaviour_days') }} as days
    inner join {{ ref('int_failed_payment_facts') }} as failures
        on
            days.customer_id = failures.customer_id
            and {{ known_on('failures', 'days.day') }}
            and {{ within('failures.fact_date', 'days.day', 30) }}
    group by days.customer_id, days.day
)

select
    days.customer_id,
    {{ end_of_day('days.day') }} as event_timestamp,
    {{ end_of_day('days.known_date') }} as known_at,
    cast(coalesce(instalments.due_90d, 0) as bigint) as instalments_due_90d,
    cast(coalesce(instalments.paid_90d, 0) as bigint) as instalments_paid_90d,
    cast(coalesce(instalments.late_90d, 0) as bigint) as instalments_late_90d,
    {{ ratio('instalments.days_late_180d', 'instalments.paid_180d') }} as average_days_late_180d,
    coalesce(instalments.outstanding_overdue_base, cast(0 as {{ type_money() }})) as outstanding_overdue_base,
    cast(coalesce(instalments.days_past_due_max, 0) as bigint) as days_past_due_max,
    cast(coalesce(money_in.receipts_30d, 0) as bigint) as receipts_30d,
    coalesce(money_in.receipts_amount_30d, cast(0 as {{ type_money() }})) as receipts_amount_30d,
    cast(coalesce(failed.failed_30d, 0) as bigint) as failed_payments_30d,
    {{ months_between('customers.joined_date', 'days.day') }} as months_as_customer
from {{ ref('int_customer_behaviour_days') }} as days
left join instalments on days.customer_id = instalments.customer_id and days.day = instalments.day
left join money_in on days.customer_id = money_in.customer_id and days.day = money_in.day
left join failed on days.customer_id = failed.customer_id and days.day = failed.day
left join {{ ref('stg_customers') }} as customers on days.customer_id = customers.customer_id
