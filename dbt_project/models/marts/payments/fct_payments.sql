{# The hub's own word counts; where it is silent, the bank's statement is proof enough. #}
with lifeline as (
    select
        payments.*,
        coalesce(payments.banked_at, {{ end_of_day('bank.banked_date') }}) as proven_banked_at,
        coalesce(payments.returned_at, {{ end_of_day('bank.returned_date') }}) as proven_returned_at
    from {{ ref('int_payments') }} as payments
    left join {{ ref('int_payments_banked') }} as bank on payments.payment_id = bank.payment_id
),

{# A payment that was turned away and then went through after all has gone through. #}
stated as (
    select
        *,
        case
            when proven_returned_at is not null then 'returned'
            when proven_banked_at is not null then 'banked'
            when cancelled_at is not null then 'cancelled'
            when rejected_at is not null and (settled_at is null or settled_at < rejected_at) then 'rejected'
            when settled_at is not null then 'settled'
            when accepted_at is not null then 'accepted'
            when submitted_at is not null then 'submitted'
            when authorised_at is not null then 'authorised'
            else 'initiated'
        end as state
    from lifeline
),

dated as (
    select
        *,
        case state
            when 'returned' then proven_returned_at
            when 'banked' then proven_banked_at
            when 'cancelled' then cancelled_at
            when 'rejected' then rejected_at
            when 'settled' then settled_at
            when 'accepted' then accepted_at
            when 'submitted' then submitted_at
            when 'authorised' then authorised_at
            else initiated_at
        end as state_since
    from stated
),

timed as (
    select
        *,
        {{ hours_between('state_since', as_of_end()) }} as hours_in_state
    from dated
)

select
    timed.payment_id,
    timed.end_to_end_id,
    timed.uetr,
    timed.direction,
    timed.category,
    timed.entity_id,
    timed.customer_id,
    timed.account_id,
    timed.counterparty_name,
    timed.counterparty_account,
    timed.amount,
    timed.currency,
    {{ to_base('timed.amount', 'timed.currency', 'rates') }} as amount_base,
    timed.channel,
    timed.provider,
    timed.device_id,
    timed.country,
    timed.obligation_id,
    timed.initiated_at,
    timed.authorised_at,
    timed.submitted_at,
    timed.accepted_at,
    timed.rejected_at,
    timed.settled_at,
    timed.proven_banked_at as banked_at,
    timed.proven_returned_at as returned_at,
    timed.cancelled_at,
    timed.state,
    coalesce(timed.hours_in_state > limits.max_hours, false) as is_stuck,
    timed.hours_in_state,
    timed.fraud_reported_at,
    timed.payee_verified_at,
    timed.payee_verification,
    timed.bank_status,
    timed.reason_code,
    timed.reason,
    timed.returned_amount,
    timed.known_at
from timed
left join {{ ref('stg_state_limits') }} as limits on timed.state = limits.state
left join {{ ref('int_fx_rates_daily') }} as rates
    on
        timed.currency = rates.currency
        and cast(coalesce(timed.initiated_at, timed.settled_at) as date) = rates.date
