{# One row per premium instalment and state of it that we ever knew. #}
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
