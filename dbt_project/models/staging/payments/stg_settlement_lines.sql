with newest as (
    {{ latest_version('settlement_lines') }}
)

select
    {{ joined_id(['provider', 'merchant_account', 'report_id', 'line_id']) }} as settlement_line_id,
    {{ clean('provider') }} as provider,
    {{ clean('report_id') }} as report_id,
    {{ clean('line_id') }} as line_id,
    {{ clean('payout_id') }} as payout_id,
    {{ clean('merchant_account') }} as merchant_account,
    {{ clean('line_type') }} as line_type,
    {{ clean('raw_type') }} as raw_type,
    {{ clean('psp_reference') }} as psp_reference,
    {{ clean('modification_reference') }} as modification_reference,
    {{ clean('merchant_reference') }} as merchant_reference,
    {{ clean('payment_method') }} as payment_method,
    created_at,
    available_on,
    gross_amount,
    {{ clean('gross_currency') }} as gross_currency,
    exchange_rate,
    fee_amount,
    commission,
    markup,
    scheme_fees,
    interchange,
    net_amount,
    {{ clean('net_currency') }} as net_currency,
    {{ clean('status') }} as status,
    {{ clean('description') }} as description,
    {{ clean('remainder') }} as remainder,
    source_file,
    source_sha256,
    source_row,
    source_path,
    stated_at as known_at
from newest
