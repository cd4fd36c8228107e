{# One row per row that a manual decision names. #}
select
    recon,
    decision_id,
    action,
    side,
    row_id,
    amount,
    currency,
    actor,
    checker,
    decided_at,
    reason,
    state,
    why
from {{ source('reconciliation', 'recon_decisions') }}
