select
    proof.account_id,
    accounts.entity_id,
    proof.currency,
    proof.side,
    proof.period,
    proof.opening,
    proof.matched,
    proof.suggested,
    proof.adjustments,
    proof.open_timing,
    proof.open_missing,
    proof.open_other,
    proof.closing,
    proof.unexplained,
    proof.late,
    closes.period is not null as is_closed
from {{ ref('stg_recon_roll_forward') }} as proof
left join {{ ref('stg_accounts') }} as accounts on proof.account_id = accounts.account_id
left join {{ ref('int_period_closes') }} as closes on proof.period = closes.period
