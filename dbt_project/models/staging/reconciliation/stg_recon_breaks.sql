{# One row per break. #}
select
    recon,
    break_id,
    side,
    row_id,
    account_id,
    amount,
    currency,
    date,
    break_type,
    expected_clearing_date,
    candidate_row_id,
    evidence
from {{ source('reconciliation', 'recon_breaks') }}
