with newest as (
    {{ latest_version('chart_of_accounts') }}
)

select
    {{ clean('account_code') }} as account_code,
    {{ clean('account_name') }} as account_name,
    {{ clean('account_class') }} as account_class,
    {{ clean('cash_flow_category') }} as cash_flow_category,
    is_cash,
    source_file,
    source_sha256,
    source_row,
    source_path,
    stated_at as known_at
from newest
