select
    recon,
    break_type,
    owner,
    sla_business_days
from (
    select
        *,
        row_number() over (partition by recon, break_type order by effective_from desc) as recency
    from {{ ref('break_owners') }}
    where effective_from <= {{ as_of() }}
) as ranked
where recency = 1
