{# One row per account, currency, side and accounting period. #}
select
    account_id,
    currency,
    side,
    period,
    opening,
    matched,
    suggested,
    adjustments,
    open_timing,
    open_missing,
    open_other,
    closing,
    unexplained,
    late
from {{ source('reconciliation', 'recon_roll_forward') }}
