with today as (
    select business_day_number
    from {{ ref('int_calendar') }}
    where date = {{ as_of() }}
)

select
    breaks.break_id,
    breaks.recon,
    breaks.side,
    breaks.row_id,
    breaks.account_id,
    accounts.entity_id,
    breaks.date,
    breaks.amount,
    breaks.currency,
    {{ to_base('breaks.amount', 'breaks.currency', 'rates') }} as amount_base,
    breaks.break_type,
    greatest(today.business_day_number - calendar.business_day_number, cast(0 as bigint))
        as age_business_days,
    coalesce(own_rule.owner, any_rule.owner, 'finance') as owner,
    coalesce(own_rule.sla_business_days, any_rule.sla_business_days) as sla_business_days,
    breaks.expected_clearing_date,
    breaks.candidate_row_id,
    breaks.evidence
from {{ source('reconciliation', 'recon_breaks') }} as breaks
cross join today
left join {{ ref('int_calendar') }} as calendar on breaks.date = calendar.date
left join {{ ref('stg_break_owners') }} as own_rule
    on breaks.recon = own_rule.recon and breaks.break_type = own_rule.break_type
left join {{ ref('stg_break_owners') }} as any_rule
    on any_rule.recon = '*' and breaks.break_type = any_rule.break_type
left join {{ ref('stg_accounts') }} as accounts on breaks.account_id = accounts.account_id
left join {{ ref('int_fx_rates_daily') }} as rates
    on breaks.currency = rates.currency and breaks.date = rates.date
