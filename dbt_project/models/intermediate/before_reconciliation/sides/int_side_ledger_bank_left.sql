{# One row per movement on a bank account. #}
{{ recon_side('ledger_bank', 'left', ref('int_reconcilable_movements')) }}
