{# A corrected document comes with all of its rows. Those that it left as they were are not news: they
   were known when the row as it stands was stated first. Only rows whose period was closed before the
   newest version came are looked up. #}
with standing as (
    select
        entry_id as row_id,
        booking_date as date,
        amount,
        currency,
        known_at
    from {{ ref('stg_statement_entries') }}
    union all
    select
        posting_id as row_id,
        booking_date as date,
        amount,
        currency,
        known_at
    from {{ ref('stg_ledger_postings') }}
),

restated as (
    select standing.*
    from standing
    inner join {{ ref('int_period_landings') }} as landings
        on {{ lands_late('standing.date', 'standing.known_at', 'landings') }}
)

select
    restated.row_id,
    min(versions.known_at) as known_at
from restated
inner join {{ ref('stg_recorded_rows') }} as versions
    on
        restated.row_id = versions.row_id
        and restated.date = versions.date
        and restated.amount = versions.amount
        and restated.currency = versions.currency
        and restated.known_at > versions.known_at
group by restated.row_id
