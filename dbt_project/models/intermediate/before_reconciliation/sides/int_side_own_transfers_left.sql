{# One row per movement that leaves for another account of ours. #}
{{ recon_side('own_transfers', 'left', ref('int_own_transfers'), 'is_outgoing') }}
