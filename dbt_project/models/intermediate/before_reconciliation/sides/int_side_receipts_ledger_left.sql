{# One row per receipt that did not come by card, and per leg of a collection that was sent back. #}
with side_rows as (
    select
        receipts.receipt_id as row_id,
        receipts.entity_id as account_id,
        receipts.received_date as date,
        receipts.received_date as value_date,
        receipts.amount,
        receipts.currency,
        receipts.payment_reference as reference,
        nullif(concat_ws(' ', receipts.payment_reference, receipts.obligation_id), '') as references_text,
        cast(null as {{ type_text() }}) as counterparty_name,
        cast(null as {{ type_text() }}) as counterparty_account,
        concat_ws(' ', receipts.obligation_type, receipts.obligation_id) as description,
        receipts.channel as document_type,
        cast(null as {{ type_text() }}) as group_id,
        receipts.known_at
    from {{ ref('stg_receipts') }} as receipts
    inner join {{ ref('int_first_booking_day') }} as books on receipts.received_date >= books.date
    {# Card money is booked when the provider pays it out: see card_settlement and payout_bank. #}
    where receipts.channel not in ('card', 'wallet') and receipts.amount <> 0
    union all
    select
        returned.row_id,
        returned.account_id,
        returned.date,
        returned.date as value_date,
        returned.amount,
        returned.currency,
        returned.reference,
        returned.references_text,
        cast(null as {{ type_text() }}) as counterparty_name,
        cast(null as {{ type_text() }}) as counterparty_account,
        returned.description,
        returned.document_type,
        cast(null as {{ type_text() }}) as group_id,
        returned.known_at
    from {{ ref('int_returned_collections') }} as returned
    inner join {{ ref('int_first_booking_day') }} as books on returned.date >= books.date
)

{{ recon_side('receipts_ledger', 'left', 'side_rows') }}
