{# One row per payment by card or wallet. #}
with side_rows as (
    select
        payment_id as row_id,
        provider as account_id,
        cast(coalesce(settled_at, submitted_at, authorised_at, initiated_at) as date) as date,
        cast(settled_at as date) as value_date,
        case direction when 'outgoing' then -amount else amount end as amount,
        currency,
        end_to_end_id as reference,
        nullif(concat_ws(' ', end_to_end_id, payment_id, uetr), '') as references_text,
        counterparty_name,
        counterparty_account,
        category as description,
        channel as document_type,
        cast(null as {{ type_text() }}) as group_id,
        known_at
    from {{ ref('int_payments') }}
    where
        channel in ('card', 'wallet')
        and rejected_at is null
        and cancelled_at is null
        and amount is not null
)

{{ recon_side('card_settlement', 'right', 'side_rows') }}
