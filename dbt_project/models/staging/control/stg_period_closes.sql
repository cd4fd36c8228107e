{# One row per closing or reopening of an accounting period. #}
select
    period,
    action,
    actor,
    reason,
    as_of,
    closed_at
from {{ source('control', 'period_closes') }}
