{# One row per payout that a payment provider says it has sent or paid. #}
with side_rows as (
    select
        payouts.settlement_payout_id as row_id,
        coalesce(payouts.bank_account, payout_accounts.account_id) as account_id,
        payouts.arrival_date as date,
        payouts.arrival_date as value_date,
        payouts.amount,
        payouts.currency,
        coalesce(payouts.bank_reference, payouts.payout_id) as reference,
        nullif(
            concat_ws(
                ' ', payouts.bank_reference, payouts.payout_id, payouts.report_id, payouts.merchant_account
            ),
            ''
        ) as references_text,
        payouts.provider as counterparty_name,
        cast(null as {{ type_text() }}) as counterparty_account,
        payouts.merchant_account as description,
        payouts.status as document_type,
        payouts.report_id as group_id,
        payouts.known_at
    from {{ ref('stg_settlement_payouts') }} as payouts
    left join {{ ref('int_payout_accounts') }} as payout_accounts
        on payouts.provider = payout_accounts.provider and payouts.currency = payout_accounts.currency
    where payouts.status in ('paid', 'in_transit') and payouts.amount <> 0
)

{{ recon_side('payout_bank', 'right', 'side_rows') }}
