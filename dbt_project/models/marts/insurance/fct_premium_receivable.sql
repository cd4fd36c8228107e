select
    instalments.instalment_id,
    instalments.contract_id as policy_id,
    instalments.customer_id,
    instalments.entity_id,
    policies.product,
    instalments.due_date,
    instalments.amount,
    instalments.currency,
    {{ receivable_columns(paid='collected_amount') }},
    allocations.remitted_by
from {{ ref('int_instalments') }} as instalments
left join {{ ref('int_receipt_allocations') }} as allocations
    on
        instalments.obligation_type = allocations.obligation_type
        and instalments.instalment_id = allocations.instalment_id
left join {{ ref('stg_policies') }} as policies on instalments.contract_id = policies.policy_id
where instalments.obligation_type = 'premium'
