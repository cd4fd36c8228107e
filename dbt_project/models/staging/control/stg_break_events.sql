{# One row per change of state of a break. #}
select
    break_id,
    recon,
    side,
    row_id,
    state,
    break_type,
    amount,
    currency,
    as_of,
    run_id,
    recorded_at
from {{ source('control', 'break_events') }}
