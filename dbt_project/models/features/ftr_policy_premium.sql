with policy_versions as (
    {{ document_versions('policies') }}
),

policies as (
    select
        policy_id,
        expiry_date as last_day,
        cast(told_at as date) as known_date,
        cast(superseded_at as date) as superseded_date
    from policy_versions
    where superseded_at is null or cast(superseded_at as date) > cast(told_at as date)
),

states as (
    select
        contract_id as policy_id,
        instalment_id,
        due_date,
        is_cancelled,
        outstanding_amount,
        paid_in_full_date,
        known_date,
        superseded_date
    from {{ ref('int_instalment_states') }}
    where obligation_type = 'premium'
),

claim_versions as (
    {{ document_versions('claims') }}
),

reported as (
    select
        policy_id,
        reported_date as fact_date,
        greatest(cast(told_at as date), reported_date) as known_date,
        cast(superseded_at as date) as superseded_date
    from claim_versions
),

transaction_versions as (
    {{ document_versions('claim_transactions') }}
),

paid as (
    select
        claims.policy_id,
        transactions.transaction_date as fact_date,
        transactions.amount,
        greatest(
            cast(transactions.told_at as date), transactions.transaction_date, claims.known_date
        ) as known_date,
        cast(transactions.superseded_at as date) as superseded_date
    from transaction_versions as transactions
    inner join (
        select
            claim_id,
            policy_id,
            min(cast(told_at as date)) as known_date
        from claim_versions
        group by claim_id, policy_id
    ) as claims on transactions.claim_id = claims.claim_id
    where transactions.transaction_type = 'paid'
),

news as (
    select
        policy_id,
        known_date as day
    from policies
    union
    select
        policy_id,
        known_date as day
    from states
    union
    select
        policy_id,
        known_date as day
    from reported
    union
    select
        policy_id,
        known_date as day
    from paid
    union
    select
        policy_id,
        superseded_date as day
    from paid
    where superseded_date is not null
),

changes as (
    select
        policy_id,
        {{ add_days('due_date', 1) }} as day
    from states
    union
    select
        policy_id,
        {{ add_days('due_date', 365) }} as day
    from states
    union
    select
        policy_id,
        {{ add_days('fact_date', 365) }} as day
    from reported
    union
    select
        policy_id,
        {{ add_days('fact_date', 365) }} as day
    from paid
),


days as (
    {{ feature_days('policy_id', 'news', 'changes', weekly_while='policies') }}
),

premiums as (
    select
        days.policy_id,
        days.day,
        {{ count_if(
            '(states.paid_in_full_date > states.due_date'
            ~ ' or states.paid_in_full_date is null and states.due_date < days.day) and '
            ~ within('states.due_date', 'days.day', 365)
        ) }} as late_365d,
        {{ sum_if('states.outstanding_amount', 'states.due_date < days.day') }} as outstanding_amount
    from days
    inner join states
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
    from days
    inner join reported
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
    from days
    inner join paid
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
from days
left join premiums on days.policy_id = premiums.policy_id and days.day = premiums.day
left join claimed on days.policy_id = claimed.policy_id and days.day = claimed.day
left join paid_out on days.policy_id = paid_out.policy_id and days.day = paid_out.day
left join policies on days.policy_id = policies.policy_id and {{ known_on('policies', 'days.day') }}
