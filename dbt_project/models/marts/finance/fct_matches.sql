select
    matches.match_id,
    matches.recon,
    matches.kind,
    matches.tier,
    matches.rule,
    matches.rule_version,
    matches.score,
    matches.side,
    matches.row_id,
    matches.account_id,
    accounts.entity_id,
    matches.date,
    matches.amount,
    matches.currency,
    {{ to_base('matches.amount', 'matches.currency', 'rates') }} as amount_base,
    {{ period_columns('matches.date', 'late') }},
    matches.evidence
from {{ ref('stg_recon_matches') }} as matches
left join {{ ref('stg_accounts') }} as accounts on matches.account_id = accounts.account_id
left join {{ ref('int_late_rows') }} as late
    on matches.recon = late.recon and matches.side = late.side and matches.row_id = late.row_id
left join {{ ref('int_fx_rates_daily') }} as rates
    on matches.currency = rates.currency and matches.date = rates.date
