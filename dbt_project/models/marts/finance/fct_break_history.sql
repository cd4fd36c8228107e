select
    break_id,
    cast(row_number() over (partition by break_id order by recorded_at) as bigint) as number,
    recon,
    side,
    row_id,
    state,
    break_type,
    amount,
    currency,
    as_of,
    lead(as_of) over (partition by break_id order by recorded_at) as until,
    recorded_at
from {{ ref('stg_break_events') }}
where as_of <= {{ as_of() }}
