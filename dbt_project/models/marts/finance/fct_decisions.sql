select
    decision_id,
    recon,
    action,
    state,
    nullif(why, '') as why,
    cast(count(case when side = 'left' then 1 end) as bigint) as left_rows,
    cast(count(case when side = 'right' then 1 end) as bigint) as right_rows,
    {{ joined_text("case when row_id is not null then concat_ws(':', side, row_id) end") }} as named_rows,
    {{ sum_if('amount', "side = 'left'") }} as left_amount,
    {{ sum_if('amount', "side = 'right'") }} as right_amount,
    case when min(currency) = max(currency) then min(currency) end as currency,
    actor,
    checker,
    decided_at,
    reason
from {{ ref('stg_recon_decisions') }}
group by decision_id, recon, action, state, why, actor, checker, decided_at, reason
