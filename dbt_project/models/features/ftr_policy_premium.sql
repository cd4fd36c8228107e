{# One row per policy and day on which one of its values changed, as known at the end of that day. #}
with premiums as (
    select
        days.policy_id,
        days.day,
        {{ count_if(
            '(states.paid_in_full_date > states.due_date'
            ~ ' or states.paid_in_full_date is null and states.due_date < days.day) and '
            ~ within('states.due_date', 'days.day', 365)
        ) }} as late_365d,
        {{ sum_if('states.outstanding_amount', 'states.due_date < days.day') }} as outstanding_amount
    from {{ ref('int_policy_premium_days') }} as days
    inner join {{ ref('int_premium_instalment_states') }} as states
        on
            days.policy_id = states.policy_id
            and {{ known_on('states', 'days.day') }}
            and not states.is_cancelled
    group by days.policy_id, days.day
),

claimed as (
    select
        days.policy_id,
        days.day,
        count(*) as claims_365d
    from {{ ref('int_policy_premium_days') }} as days
    inner join {{ ref('int_claim_report_facts') }} as reported
        on
            days.policy_id = reported.policy_id
            and {{ known_on('reported', 'days.day') }}
            and {{ within('reported.fact_date', 'days.day', 365) }}
    group by days.policy_id, days.day
),

paid_out as (
    select
        days.policy_id,
        days.day,
        {{ money('sum(paid.amount)') }} as claims_paid_365d
    from {{ ref('int_policy_premium_days') }} as days
    inner join {{ ref('int_claim_payment_facts') }} as paid
        on
            days.policy_id = paid.policy_id
            and {{ known_on('paid', 'days.day') }}
            and {{ within('paid.fact_date', 'days.day', 365) }}
    group by days.policy_id, days.day
)

select
    days.policy_id,
    {{ end_of_day('days.day') }} as event_timestamp,
    {{ end_of_day('days.known_date') }} as known_at,
    cast(coalesce(premiums.late_365d, 0) as bigint) as instalments_late_365d,
    coalesce(premiums.outstanding_amount, cast(0 as {{ type_money() }})) as outstanding_amount,
    cast(coalesce(claimed.claims_365d, 0) as bigint) as claims_365d,
    coalesce(paid_out.claims_paid_365d, cast(0 as {{ type_money() }})) as claims_paid_365d,
    {{ days_between('days.day', 'policies.last_day') }} as days_to_expiry
from {{ ref('int_policy_premium_days') }} as days
left join premiums on days.policy_id = premiums.policy_id and days.day = premiums.day
left join claimed on days.policy_id = claimed.policy_id and days.day = claimed.day
left join paid_out on days.policy_id = paid_out.policy_id and days.day = paid_out.day
left join {{ ref('int_policy_facts') }} as policies
    on days.policy_id = policies.policy_id and {{ known_on('policies', 'days.day') }}
