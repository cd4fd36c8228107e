with newest as (
    {{ latest_version('holidays') }}
)

select
    {{ clean('calendar') }} as calendar,
    holiday_date,
    {{ clean('holiday_name') }} as holiday_name,
    source_file,
    source_sha256,
    source_row,
    source_path,
    stated_at as known_at
from newest
