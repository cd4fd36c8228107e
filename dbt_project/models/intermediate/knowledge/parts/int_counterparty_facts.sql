{# One row per counterparty, kind of event, customer, day and version: how many payments, how much, and the
   last day on which the longest window holds them. #}
select
    counterparty_id,
    event_type,
    customer_id,
    fact_date,
    known_date,
    superseded_date,
    case event_type
        when 'initiated' then {{ add_days('fact_date', 29) }}
        when 'returned' then {{ add_days('fact_date', 89) }}
        else {{ add_days('fact_date', 179) }}
    end as last_day,
    count(*) as events,
    sum(amount_base) as amount_base
from {{ ref('int_payment_facts') }}
where counterparty_id is not null and event_type <> 'rejected'
group by counterparty_id, event_type, customer_id, fact_date, known_date, superseded_date
