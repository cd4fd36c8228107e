{# One row per policy and day on which something about its premiums or claims became known or changed. #}
with policies as (
    select *
    from {{ ref('int_policy_facts') }}
),

states as (
    select *
    from {{ ref('int_premium_instalment_states') }}
),

reported as (
    select *
    from {{ ref('int_claim_report_facts') }}
),

paid as (
    select *
    from {{ ref('int_claim_payment_facts') }}
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
)

{{ feature_days('policy_id', 'news', 'changes', weekly_while='policies') }}
