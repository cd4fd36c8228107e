{# One row per sale, refund and chargeback of a settlement report. #}
with side_rows as (
    select
        settlement_line_id as row_id,
        provider as account_id,
        cast(created_at as date) as date,
        available_on as value_date,
        coalesce(gross_amount, net_amount + fee_amount) as amount,
        coalesce(gross_currency, net_currency) as currency,
        merchant_reference as reference,
        nullif(concat_ws(' ', merchant_reference, psp_reference, modification_reference, description), '')
            as references_text,
        cast(null as {{ type_text() }}) as counterparty_name,
        cast(null as {{ type_text() }}) as counterparty_account,
        description,
        line_type as document_type,
        payout_id as group_id,
        known_at
    from {{ ref('stg_settlement_lines') }}
    where line_type in ('sale', 'refund', 'chargeback')
)

{{ recon_side('card_settlement', 'left', 'side_rows') }}
