{# One row per policy and version of it, with its last day and when we knew it. #}
select
    policy_id,
    expiry_date as last_day,
    cast(stated_at as date) as known_date,
    cast(superseded_at as date) as superseded_date
from {{ ref('stg_policies_versions') }}
where superseded_at is null or cast(superseded_at as date) > cast(stated_at as date)
