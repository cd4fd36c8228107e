{# One row per member of a match. #}
select
    recon,
    match_id,
    kind,
    tier,
    rule,
    rule_version,
    score,
    side,
    row_id,
    account_id,
    amount,
    currency,
    date,
    evidence
from {{ source('reconciliation', 'recon_matches') }}
