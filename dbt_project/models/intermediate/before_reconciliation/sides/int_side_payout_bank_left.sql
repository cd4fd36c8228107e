{# One row per movement on a bank account that names a payment provider. #}
{{ recon_side('payout_bank', 'left', ref('int_reconcilable_movements'), 'provider is not null') }}
