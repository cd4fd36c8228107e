select
    postings.posting_id,
    postings.book,
    postings.journal_id,
    postings.line_number,
    postings.entity_id,
    postings.account_code,
    chart.account_class,
    postings.bank_account_id,
    postings.booking_date,
    postings.value_date,
    postings.debit,
    postings.credit,
    postings.amount,
    postings.currency,
    {{ to_base('postings.amount', 'postings.currency', 'rates') }} as amount_base,
    {{ period_columns('postings.booking_date', 'landings') }},
    postings.reference,
    postings.document_type,
    postings.counterparty_name,
    postings.counterparty_account,
    postings.description,
    postings.balance_after,
    postings.source_file,
    postings.source_row,
    postings.known_at
from {{ ref('stg_ledger_postings') }} as postings
left join {{ ref('stg_chart_of_accounts') }} as chart on postings.account_code = chart.account_code
left join {{ ref('int_first_known') }} as stated on postings.posting_id = stated.row_id
left join {{ ref('int_period_landings') }} as landings
    on {{ lands_late('postings.booking_date', 'coalesce(stated.known_at, postings.known_at)', 'landings') }}
left join {{ ref('int_fx_rates_daily') }} as rates
    on postings.currency = rates.currency and postings.booking_date = rates.date
