with today as (
    select business_day_number
    from {{ ref('int_calendar') }}
    where date = {{ as_of() }}
),

openings as (
    select
        break_id,
        max(as_of) as opened_on
    from {{ ref('fct_break_history') }}
    where state in ('opened', 'reopened')
    group by break_id
),

decided as (
    select
        recon,
        side,
        row_id,
        max(case when state = 'pending' then 1 else 0 end) as awaiting_approval
    from {{ ref('stg_recon_decisions') }}
    where row_id is not null and (state = 'pending' or (state = 'counts' and action = 'leave_open'))
    group by recon, side, row_id
),

rows_open as (
    select
        breaks.*,
        calendar.business_day_number,
        coalesce(own_rule.owner, any_rule.owner, 'finance') as owner,
        coalesce(own_rule.sla_business_days, any_rule.sla_business_days) as sla_business_days
    from {{ ref('stg_recon_breaks') }} as breaks
    left join {{ ref('int_calendar') }} as calendar on breaks.date = calendar.date
    left join {{ ref('stg_break_owners') }} as own_rule
        on breaks.recon = own_rule.recon and breaks.break_type = own_rule.break_type
    left join {{ ref('stg_break_owners') }} as any_rule
        on any_rule.recon = '*' and breaks.break_type = any_rule.break_type
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
    case
        when decided.awaiting_approval = 1 then 'in_progress'
        when decided.awaiting_approval = 0 then 'left_open'
        else 'open'
    end as state,
    openings.opened_on,
    greatest(today.business_day_number - breaks.business_day_number, cast(0 as bigint))
        as age_business_days,
    breaks.owner,
    breaks.sla_business_days,
    due.date as sla_due_date,
    due.date < {{ as_of() }} as sla_breached,
    {{ period_columns('breaks.date', 'late') }},
    breaks.expected_clearing_date,
    breaks.candidate_row_id,
    breaks.evidence
from rows_open as breaks
cross join today
left join openings on breaks.break_id = openings.break_id
left join decided
    on
        breaks.recon = decided.recon
        and breaks.side = decided.side
        and breaks.row_id = decided.row_id
left join {{ ref('int_calendar') }} as due
    on
        breaks.business_day_number + breaks.sla_business_days = due.business_day_number
        and due.is_business_day
left join {{ ref('int_late_rows') }} as late
    on breaks.recon = late.recon and breaks.side = late.side and breaks.row_id = late.row_id
left join {{ ref('stg_accounts') }} as accounts on breaks.account_id = accounts.account_id
left join {{ ref('int_fx_rates_daily') }} as rates
    on breaks.currency = rates.currency and breaks.date = rates.date
