{# One row per direct debit that was collected and sent back, and leg of it: it came with its
   collection and left with its return, and the ledger has booked both. The register of receipts keeps
   only what stayed. #}
select
    {{ joined_id(['payments.payment_id', 'moves.document_type']) }} as row_id,
    payments.entity_id as account_id,
    case moves.document_type
        when 'returned' then payments.returned_on else payments.collected_on
    end as date,
    case moves.document_type
        when 'returned' then -payments.amount else payments.amount
    end as amount,
    payments.currency,
    payments.end_to_end_id as reference,
    nullif(concat_ws(' ', payments.end_to_end_id, payments.obligation_id), '') as references_text,
    concat_ws(' ', payments.category, payments.obligation_id) as description,
    moves.document_type,
    payments.known_at
from (
    select
        *,
        cast(returned_at as date) as returned_on,
        cast(coalesce(banked_at, settled_at, accepted_at, submitted_at) as date) as collected_on
    from {{ ref('int_payments') }}
    where channel = 'direct_debit' and direction = 'incoming' and amount <> 0
) as payments
cross join (
    select 'collected' as document_type
    union all
    select 'returned' as document_type
) as moves
where payments.returned_on is not null and payments.collected_on is not null
