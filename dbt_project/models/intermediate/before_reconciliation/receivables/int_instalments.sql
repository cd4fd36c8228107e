select
    'premium' as obligation_type,
    instalment_id,
    policy_id as contract_id,
    instalment_number,
    customer_id,
    entity_id,
    due_date,
    amount,
    currency,
    status <> 'billed' as is_cancelled,
    known_at
from {{ ref('stg_premium_instalments') }}
union all
select
    'loan' as obligation_type,
    schedules.instalment_id,
    schedules.loan_id as contract_id,
    schedules.instalment_number,
    loans.customer_id,
    loans.entity_id,
    schedules.due_date,
    schedules.amount_due as amount,
    schedules.currency,
    false as is_cancelled,
    schedules.known_at
from {{ ref('stg_loan_schedules') }} as schedules
left join {{ ref('stg_loans') }} as loans on schedules.loan_id = loans.loan_id
