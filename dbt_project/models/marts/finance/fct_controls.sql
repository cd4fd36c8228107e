{# A control that was run twice for a day is worth what its last run says. #}
select
    name,
    scope,
    as_of,
    outcome,
    {{ money('expected') }} as expected,
    {{ money('actual') }} as actual,
    {{ money('difference') }} as difference,
    detail,
    recorded_at
from (
    select
        *,
        row_number() over (
            partition by name, scope, as_of order by recorded_at desc, run_id desc
        ) as recency
    from {{ source('control', 'controls') }}
    where as_of <= {{ as_of() }}
) as ranked
where recency = 1
