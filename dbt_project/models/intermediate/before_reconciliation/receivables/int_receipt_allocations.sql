{# Receipts say which instalment they pay; in the order they came in they fill it up. #}
with filled as (
    select
        receipts.obligation_type,
        receipts.obligation_id,
        receipts.received_date,
        receipts.amount,
        receipts.remitted_by,
        receipts.known_at,
        instalments.amount as amount_due,
        sum(receipts.amount) over (
            partition by receipts.obligation_type, receipts.obligation_id
            order by receipts.received_date, receipts.receipt_id
            rows between unbounded preceding and current row
        ) as received_so_far
    from {{ ref('stg_receipts') }} as receipts
    inner join {{ ref('int_instalments') }} as instalments
        on
            receipts.obligation_type = instalments.obligation_type
            and receipts.obligation_id = instalments.instalment_id
            and receipts.currency = instalments.currency
)

select
    obligation_type,
    obligation_id as instalment_id,
    {{ money('sum(amount)') }} as received_amount,
    max(received_date) as last_received_date,
    min(case when received_so_far >= amount_due then received_date end) as paid_in_full_date,
    max(remitted_by) as remitted_by,
    max(known_at) as known_at
from filled
group by obligation_type, obligation_id
