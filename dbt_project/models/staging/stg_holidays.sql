with newest as (
    {{ latest_version(source('bronze', 'holidays'), ['calendar', 'holiday_date']) }}
)

select
    {{ clean('calendar') }} as calendar,
    holiday_date,
    {{ clean('holiday_name') }} as holiday_name,
    source_file,
    source_sha256,
    source_row,
    source_path,
    known_at
from newest
