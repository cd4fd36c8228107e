{# One row per leg of a transfer between our own accounts, as the money that the receiving account
   gets. #}
select
    movements.row_id,
    case when movements.amount < 0 then movements.counterparty_account else movements.account_id end
        as account_id,
    movements.date,
    movements.value_date,
    abs(movements.amount) as amount,
    movements.currency,
    movements.reference,
    movements.references_text,
    cast(null as {{ type_text() }}) as counterparty_name,
    case when movements.amount < 0 then movements.account_id else movements.counterparty_account end
        as counterparty_account,
    movements.description,
    movements.document_type,
    movements.group_id,
    movements.known_at,
    movements.amount < 0 as is_outgoing
from {{ ref('int_reconcilable_movements') }} as movements
inner join {{ ref('stg_accounts') }} as own on movements.counterparty_account = own.account_id
where
    own.account_kind = 'own'
    and movements.counterparty_account <> movements.account_id
    and movements.amount <> 0
