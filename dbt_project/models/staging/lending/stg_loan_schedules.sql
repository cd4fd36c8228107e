with newest as (
    {{ latest_version('loan_schedules') }}
)

select
    {{ clean('loan_id') }} as loan_id,
    instalment_number,
    {{ loan_instalment_id() }} as instalment_id,
    {{ clean('instalment_id') }} as given_instalment_id,
    due_date,
    principal_due,
    interest_due,
    amount_due,
    {{ clean('currency') }} as currency,
    source_file,
    source_sha256,
    source_row,
    source_path,
    stated_at as known_at
from newest
