{# One row per cash line of the ledger that pays a claim, or takes such a payment back. #}
with side_rows as (
    select postings.*
    from {{ ref('int_reconcilable_postings') }} as postings
    left join {{ ref('int_reversed_references') }} as reversed
        on postings.reference = reversed.reference
    where
        postings.document_type = 'claim'
        or (postings.document_type = 'reversal' and reversed.claims = 1)
)

{{ recon_side('claims_ledger', 'right', 'side_rows') }}
