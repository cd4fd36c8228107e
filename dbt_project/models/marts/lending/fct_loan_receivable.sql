select
    instalments.instalment_id,
    instalments.contract_id as loan_id,
    instalments.customer_id,
    instalments.entity_id,
    instalments.instalment_number,
    instalments.due_date,
    instalments.amount,
    instalments.currency,
    {{ receivable_columns(paid='paid_amount') }}
from {{ ref('int_instalments') }} as instalments
left join {{ ref('int_receipt_allocations') }} as allocations
    on
        instalments.obligation_type = allocations.obligation_type
        and instalments.instalment_id = allocations.instalment_id
where instalments.obligation_type = 'loan'
