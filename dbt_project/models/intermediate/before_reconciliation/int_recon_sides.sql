{# One row per reconciliation, side and row to be matched, with what is stated of its amount elsewhere. #}
select
    sides.recon,
    sides.side,
    sides.row_id,
    sides.account_id,
    sides.date,
    sides.value_date,
    sides.amount,
    sides.currency,
    sides.reference,
    sides.references_text,
    sides.counterparty_name,
    sides.counterparty_account,
    sides.description,
    sides.document_type,
    sides.group_id,
    sides.known_at,
    movements.charges,
    movements.instructed_amount,
    movements.instructed_currency,
    movements.exchange_rate,
    ordered.amount as ordered_amount
from {{ ref('int_side_rows') }} as sides
left join {{ ref('int_bank_movements') }} as movements on sides.row_id = movements.entry_id
left join {{ ref('int_ordered_amounts') }} as ordered
    on sides.reference = ordered.reference and sides.currency = ordered.currency
