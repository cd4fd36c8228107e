{# One row per customer and day on which one of their values changed, as known at the end of that day. #}
with contacts as (
    select * from {{ ref('int_contact_facts') }}
),

promises as (
    select * from {{ ref('int_promise_states') }}
),

news as (
    select
        customer_id,
        known_date as day
    from contacts
    union
    select
        customer_id,
        superseded_date as day
    from contacts
    where superseded_date is not null
    union
    select
        customer_id,
        kept_date as day
    from promises
    where kept_date is not null
),

changes as (
    select
        customer_id,
        {{ add_days('fact_date', 30) }} as day
    from contacts
    union
    select
        customer_id,
        {{ add_days('promise_date', 1) }} as day
    from promises
    union
    select
        customer_id,
        {{ add_days('promise_date', 180) }} as day
    from promises
),

days as (
    {{ feature_days('customer_id', 'news', 'changes') }}
),

contacted as (
    select
        days.customer_id,
        days.day,
        {{ count_if(within('contacts.fact_date', 'days.day', 30)) }} as contacts_30d,
        {{ count_if(
            "contacts.outcome in ('conversation', 'promise', 'refusal', 'dispute') and "
            ~ within('contacts.fact_date', 'days.day', 30)
        ) }} as conversations_30d,
        max(contacts.fact_date) as last_contact_date
    from days
    inner join contacts
        on
            days.customer_id = contacts.customer_id
            and {{ known_on('contacts', 'days.day') }}
            and contacts.fact_date <= days.day
    group by days.customer_id, days.day
),

promised as (
    select
        days.customer_id,
        days.day,
        {{ count_if(
            'promises.promise_date >= days.day'
            ~ ' and (promises.kept_date is null or promises.kept_date > days.day)'
        ) }}
            as promises_open,
        {{ count_if(
            'promises.kept_date <= days.day and promises.promise_date > ' ~ add_days('days.day', -180)
        ) }} as promises_kept_180d,
        {{ count_if(
            '(promises.kept_date is null or promises.kept_date > days.day)'
            ~ ' and promises.promise_date < days.day and promises.promise_date > '
            ~ add_days('days.day', -180)
        ) }} as promises_broken_180d
    from days
    inner join promises on days.customer_id = promises.customer_id and {{ known_on('promises', 'days.day') }}
    group by days.customer_id, days.day
)

select
    days.customer_id,
    {{ end_of_day('days.day') }} as event_timestamp,
    {{ end_of_day('days.known_date') }} as known_at,
    cast(coalesce(contacted.contacts_30d, 0) as bigint) as contacts_30d,
    cast(coalesce(contacted.conversations_30d, 0) as bigint) as conversations_30d,
    cast(coalesce(promised.promises_open, 0) as bigint) as promises_open,
    cast(coalesce(promised.promises_kept_180d, 0) as bigint) as promises_kept_180d,
    cast(coalesce(promised.promises_broken_180d, 0) as bigint) as promises_broken_180d,
    {{ days_between('contacted.last_contact_date', 'days.day') }} as days_since_contact
from days
left join contacted on days.customer_id = contacted.customer_id and days.day = contacted.day
left join promised on days.customer_id = promised.customer_id and days.day = promised.day
