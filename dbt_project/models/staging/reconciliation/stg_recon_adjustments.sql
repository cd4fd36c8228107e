{# One row per match whose sides differ. #}
select
    recon,
    match_id,
    cause,
    account_id,
    amount,
    currency,
    date
from {{ source('reconciliation', 'recon_adjustments') }}
