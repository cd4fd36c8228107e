with versions as (
    select * from {{ ref('stg_payment_events_versions') }}
),

{# What a later event leaves out, the first word about the payment says. #}
first_words as (
    select
        payment_id,
        customer_id,
        counterparty_account,
        counterparty_name,
        amount,
        currency,
        stated_at as known_at,
        row_number() over (partition by payment_id order by stated_at, occurred_at, event_id) as age
    from versions
    where event_type = 'initiated'
),

facts as (
    select
        versions.payment_id,
        versions.event_type,
        cast(versions.occurred_at as date) as fact_date,
        coalesce(versions.customer_id, first_words.customer_id) as customer_id,
        coalesce(
            versions.counterparty_account, versions.counterparty_name,
            first_words.counterparty_account, first_words.counterparty_name
        ) as counterparty_id,
        versions.device_id,
        versions.country,
        coalesce(versions.amount, first_words.amount) as amount,
        coalesce(versions.currency, first_words.currency) as currency,
        cast(greatest(
            versions.stated_at, versions.occurred_at, coalesce(first_words.known_at, versions.stated_at)
        ) as date) as known_date,
        cast(versions.superseded_at as date) as superseded_date
    from versions
    left join first_words on versions.payment_id = first_words.payment_id and first_words.age = 1
    where versions.event_type in ('initiated', 'rejected', 'returned', 'fraud_reported')
)

select
    facts.payment_id,
    facts.event_type,
    facts.fact_date,
    facts.customer_id,
    facts.counterparty_id,
    facts.device_id,
    facts.country,
    {{ to_base('facts.amount', 'facts.currency', 'rates') }} as amount_base,
    facts.known_date,
    facts.superseded_date
from facts
left join {{ ref('int_fx_rates_known') }} as rates
    on facts.currency = rates.currency and facts.fact_date = rates.date
where facts.superseded_date is null or facts.superseded_date > facts.known_date
