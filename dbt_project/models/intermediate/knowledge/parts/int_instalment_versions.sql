{# One row per instalment of a premium or a loan and version of it. #}
select
    'premium' as obligation_type,
    instalment_id,
    policy_id as contract_id,
    customer_id,
    due_date,
    amount,
    currency,
    status <> 'billed' as is_cancelled,
    cast(stated_at as date) as known_date,
    cast(superseded_at as date) as superseded_date
from {{ ref('stg_premium_instalments_versions') }}
union all
select
    'loan' as obligation_type,
    {{ loan_instalment_id('schedules.') }} as instalment_id,
    schedules.loan_id as contract_id,
    loans.customer_id,
    schedules.due_date,
    schedules.amount_due as amount,
    schedules.currency,
    false as is_cancelled,
    cast(schedules.stated_at as date) as known_date,
    cast(schedules.superseded_at as date) as superseded_date
from {{ ref('stg_loan_schedules_versions') }} as schedules
left join {{ ref('stg_loans') }} as loans on schedules.loan_id = loans.loan_id
