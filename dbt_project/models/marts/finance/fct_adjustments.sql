with matches as (
    select distinct
        recon,
        match_id,
        tier
    from {{ ref('stg_recon_matches') }}
)

select
    adjustments.recon,
    adjustments.match_id,
    matches.tier,
    adjustments.cause,
    adjustments.account_id,
    accounts.entity_id,
    adjustments.date,
    adjustments.amount,
    adjustments.currency,
    {{ to_base('adjustments.amount', 'adjustments.currency', 'rates') }} as amount_base
from {{ ref('stg_recon_adjustments') }} as adjustments
inner join matches
    on adjustments.recon = matches.recon and adjustments.match_id = matches.match_id
left join {{ ref('stg_accounts') }} as accounts on adjustments.account_id = accounts.account_id
left join {{ ref('int_fx_rates_daily') }} as rates
    on adjustments.currency = rates.currency and adjustments.date = rates.date
