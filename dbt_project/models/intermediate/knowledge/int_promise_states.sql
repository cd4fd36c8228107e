{# A promise is kept when what was promised came in on its contract between the contact and the day
   promised, as far as we knew. #}
with versions as (
    select * from {{ ref('stg_contact_events_versions') }}
),

promises as (
    select
        contact_id,
        customer_id,
        obligation_id as contract_id,
        cast(occurred_at as date) as contact_date,
        promise_amount,
        promise_date,
        cast(greatest(stated_at, occurred_at) as date) as known_date,
        cast(superseded_at as date) as superseded_date
    from versions
    where outcome = 'promise' and promise_date is not null
),

{# What a receipt said first: a correction that came later does not unmake what we thought. #}
receipts as (
    select *
    from (
        select
            *,
            row_number() over (partition by receipt_id order by known_date) as version_number
        from {{ ref('int_receipt_facts') }}
    ) as numbered
    where version_number = 1
),

payments as (
    select
        promises.contact_id,
        promises.known_date as promise_known_date,
        promises.promise_amount,
        greatest(receipts.known_date, promises.known_date) as day,
        sum(receipts.amount) over (
            partition by promises.contact_id, promises.known_date
            order by receipts.known_date, receipts.receipt_id
            rows between unbounded preceding and current row
        ) as received_so_far
    from promises
    inner join (
        select distinct
            obligation_type,
            instalment_id,
            contract_id
        from {{ ref('int_instalment_states') }}
    ) as instalments on promises.contract_id = instalments.contract_id
    inner join receipts
        on
            instalments.obligation_type = receipts.obligation_type
            and instalments.instalment_id = receipts.instalment_id
            and promises.contact_date <= receipts.fact_date
            and promises.promise_date >= receipts.fact_date
),

kept as (
    select
        contact_id,
        promise_known_date,
        min(day) as kept_date
    from payments
    where received_so_far >= coalesce(promise_amount, 0)
    group by contact_id, promise_known_date
)

select
    promises.contact_id,
    promises.customer_id,
    promises.contract_id,
    promises.contact_date,
    promises.promise_amount,
    promises.promise_date,
    kept.kept_date,
    promises.known_date,
    promises.superseded_date
from promises
left join kept on promises.contact_id = kept.contact_id and promises.known_date = kept.promise_known_date
where promises.superseded_date is null or promises.superseded_date > promises.known_date
