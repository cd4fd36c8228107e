select
    account_id,
    account_kind,
    entity_id,
    servicer,
    account_name,
    currency,
    customer_id,
    ledger_account_code,
    opened_date,
    minimum_balance
from {{ ref('stg_accounts') }}
