{# One row per cash line of the general ledger. #}
{{ recon_side('ledger_bank', 'right', ref('int_reconcilable_postings')) }}
