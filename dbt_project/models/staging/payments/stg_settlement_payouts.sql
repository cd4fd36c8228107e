with newest as (
    {{ latest_version('settlement_payouts') }}
)

select
    {{ joined_id(['provider', 'payout_id']) }} as settlement_payout_id,
    {{ clean('provider') }} as provider,
    {{ clean('payout_id') }} as payout_id,
    {{ clean('report_id') }} as report_id,
    {{ clean('merchant_account') }} as merchant_account,
    amount,
    {{ clean('currency') }} as currency,
    {{ clean('status') }} as status,
    automatic,
    created_at,
    arrival_date,
    {{ clean('bank_account') }} as bank_account,
    {{ clean('bank_reference') }} as bank_reference,
    {{ clean('failure_code') }} as failure_code,
    {{ clean('remainder') }} as remainder,
    source_file,
    source_sha256,
    source_row,
    source_path,
    stated_at as known_at
from newest
