{# One row per cash line of the ledger that books a receipt, or takes one back. #}
with side_rows as (
    select
        postings.row_id,
        postings.entity_id as account_id,
        postings.date,
        postings.value_date,
        postings.amount,
        postings.currency,
        postings.reference,
        postings.references_text,
        cast(null as {{ type_text() }}) as counterparty_name,
        cast(null as {{ type_text() }}) as counterparty_account,
        postings.description,
        postings.document_type,
        cast(null as {{ type_text() }}) as group_id,
        postings.known_at
    from {{ ref('int_reconcilable_postings') }} as postings
    left join {{ ref('int_reversed_references') }} as reversed
        on postings.reference = reversed.reference
    where
        postings.document_type = 'receipt'
        or (postings.document_type = 'reversal' and reversed.others = 0)
)

{{ recon_side('receipts_ledger', 'right', 'side_rows') }}
