{# A control that was run twice for a day is worth what its last run says, which holds it over all of its
   scopes: one that failed before and is not named again holds. A business day on which nothing is on record
   of a control is a day on which it is missing, from the day of the first run that held it on. A look back
   at an earlier day, which comes later, does not make it begin earlier. Whether the marts keep their
   contracts is asked when all of them are there, this one too: of the day in hand it says nothing here. #}
with recorded as (
    select
        name,
        scope,
        as_of,
        outcome,
        cast(expected as {{ type_total() }}) as expected,
        cast(actual as {{ type_total() }}) as actual,
        cast(difference as {{ type_total() }}) as difference,
        detail,
        file,
        place,
        recorded_at
    from (
        select
            *,
            row_number() over (
                partition by name, scope, as_of order by recorded_at desc, run_id desc
            ) as recency,
            dense_rank() over (
                partition by name, as_of order by recorded_at desc, run_id desc
            ) as run_recency
        from {{ ref('stg_controls') }}
        where
            as_of < {{ as_of() }}
            or (as_of = {{ as_of() }} and name <> 'marts_keep_their_contracts')
    ) as ranked
    where recency = 1 and run_recency = 1
),

begun as (
    select
        name,
        as_of as first_day
    from (
        select
            name,
            as_of,
            row_number() over (partition by name order by recorded_at, as_of nulls last) as run_order
        from {{ ref('stg_controls') }}
    ) as held
    where run_order = 1
),

due as (
    select
        begun.name,
        calendar.date as as_of
    from begun
    inner join {{ ref('int_calendar') }} as calendar
        on
            begun.first_day <= calendar.date
            and calendar.date <= {{ as_of() }}
            and calendar.is_business_day
    where begun.name <> 'marts_keep_their_contracts' or calendar.date < {{ as_of() }}
)

select
    name,
    scope,
    as_of,
    outcome,
    expected,
    actual,
    difference,
    detail,
    file,
    place,
    recorded_at
from recorded
union all
select
    due.name,
    'all' as scope,
    due.as_of,
    'missing' as outcome,
    cast(null as {{ type_total() }}) as expected,
    cast(null as {{ type_total() }}) as actual,
    cast(null as {{ type_total() }}) as difference,
    'No run recorded this control on this business day.' as detail,
    cast(null as {{ type_text() }}) as file,
    cast(null as {{ type_text() }}) as place,
    cast(null as {{ type_instant() }}) as recorded_at
from due
left join recorded on due.name = recorded.name and due.as_of = recorded.as_of
where recorded.name is null
