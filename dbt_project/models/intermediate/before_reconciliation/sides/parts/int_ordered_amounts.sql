{# One row per reference and currency about which a third record (the payment hub, a payout report)
   says one amount: the side that agrees with it is right. #}
select
    reference,
    currency,
    {{ money('min(amount)') }} as amount
from (
    select
        end_to_end_id as reference,
        currency,
        abs(amount) as amount
    from {{ ref('int_payments') }}
    where amount is not null
    union all
    select
        payout_id as reference,
        currency,
        abs(amount) as amount
    from {{ ref('stg_settlement_payouts') }}
) as ordered
where reference is not null and currency is not null
group by reference, currency
having min(amount) = max(amount)
