{# One row per claim paid or recovered by the register, from the first day on the books. Claims have
   no bank account of ours: they meet the ledger by entity or by currency. #}
with side_rows as (
    select
        paid.claim_transaction_id as row_id,
        cast(null as {{ type_text() }}) as account_id,
        paid.transaction_date as date,
        paid.transaction_date as value_date,
        case paid.transaction_type when 'paid' then -paid.amount else paid.amount end as amount,
        paid.currency,
        paid.payment_reference as reference,
        nullif(concat_ws(' ', paid.payment_reference, paid.claim_id), '') as references_text,
        paid.payee_name as counterparty_name,
        paid.payee_account as counterparty_account,
        concat_ws(' ', 'Claim', paid.claim_id) as description,
        paid.transaction_type as document_type,
        cast(null as {{ type_text() }}) as group_id,
        paid.known_at
    from {{ ref('stg_claim_transactions') }} as paid
    inner join {{ ref('int_first_booking_day') }} as books on paid.transaction_date >= books.date
    where paid.transaction_type in ('paid', 'recovery') and paid.amount <> 0
)

{{ recon_side('claims_ledger', 'left', 'side_rows') }}
