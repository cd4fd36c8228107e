{# One row per claim and version of its report, with the day it was reported and when we knew it. #}
select
    policy_id,
    reported_date as fact_date,
    greatest(cast(stated_at as date), reported_date) as known_date,
    cast(superseded_at as date) as superseded_date
from {{ ref('stg_claims_versions') }}
