{# One row per movement that arrives from another account of ours. #}
{{ recon_side('own_transfers', 'right', ref('int_own_transfers'), 'not is_outgoing') }}
