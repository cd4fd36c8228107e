{# One row per control, scope, day and run. #}
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
    run_id,
    recorded_at
from {{ source('control', 'controls') }}
