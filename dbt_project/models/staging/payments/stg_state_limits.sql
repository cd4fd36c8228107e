select
    state,
    max_hours
from (
    select
        *,
        row_number() over (partition by state order by effective_from desc) as recency
    from {{ ref('state_limits') }}
    where effective_from <= {{ as_of() }}
) as ranked
where recency = 1
