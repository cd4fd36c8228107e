{# One row per reconciliation, side and row to be matched: the models of the sides, one under the other. #}
{% set sides = [
    ref('int_side_ledger_bank_left'),
    ref('int_side_ledger_bank_right'),
    ref('int_side_payout_bank_left'),
    ref('int_side_payout_bank_right'),
    ref('int_side_card_settlement_left'),
    ref('int_side_card_settlement_right'),
    ref('int_side_own_transfers_left'),
    ref('int_side_own_transfers_right'),
    ref('int_side_claims_ledger_left'),
    ref('int_side_claims_ledger_right'),
    ref('int_side_receipts_ledger_left'),
    ref('int_side_receipts_ledger_right'),
] %}
{% for side in sides %}
select
    recon,
    side,
    row_id,
    account_id,
    date,
    value_date,
    amount,
    currency,
    reference,
    references_text,
    counterparty_name,
    counterparty_account,
    description,
    document_type,
    group_id,
    known_at
from {{ side }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
