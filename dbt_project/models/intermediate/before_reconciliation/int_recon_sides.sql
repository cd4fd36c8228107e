with bank as (
    select
        entry_id as row_id,
        account_id,
        movement_date as date,
        value_date,
        amount,
        currency,
        coalesce(end_to_end_id, entry_reference, bank_reference) as reference,
        nullif(concat_ws(
            ' ', end_to_end_id, entry_reference, bank_reference, payment_information_id, remittance,
            additional_information
        ), '') as references_text,
        counterparty_name,
        counterparty_account,
        coalesce(remittance, additional_information) as description,
        case
            when return_reason is not null then 'return'
            when reversal then 'reversal'
            else bank_transaction_code
        end as document_type,
        case
            when batch_size > 1 then {{ joined_id(['account_id', 'statement_id', 'entry_index']) }}
        end as group_id,
        provider,
        known_at
    from {{ ref('int_bank_movements') }}
),

{# A report that does not say which account it pays into pays into the only one of ours on which
   this provider's money in that currency has been seen. #}
payout_accounts as (
    select
        provider,
        currency,
        min(account_id) as account_id
    from bank
    where provider is not null
    group by provider, currency
    having count(distinct account_id) = 1
),

sides as (
    select
        'ledger_bank' as recon,
        'left' as side,
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
    from bank
    union all
    {# Opening balances carry the past forward: no bank line settles them. #}
    select
        'ledger_bank' as recon,
        'right' as side,
        posting_id as row_id,
        account_id,
        booking_date as date,
        value_date,
        amount,
        currency,
        reference,
        nullif(concat_ws(' ', reference, description), '') as references_text,
        counterparty_name,
        counterparty_account,
        description,
        document_type,
        {{ joined_id(['book', 'journal_id']) }} as group_id,
        known_at
    from {{ ref('int_cash_postings') }}
    where coalesce(document_type, '') <> 'opening' and amount <> 0
    union all
    select
        'payout_bank' as recon,
        'left' as side,
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
    from bank
    where provider is not null
    union all
    select
        'payout_bank' as recon,
        'right' as side,
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
    left join payout_accounts
        on payouts.provider = payout_accounts.provider and payouts.currency = payout_accounts.currency
    where payouts.status in ('paid', 'in_transit') and payouts.amount <> 0
    union all
    select
        'card_settlement' as recon,
        'left' as side,
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
    union all
    select
        'card_settlement' as recon,
        'right' as side,
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

select
    recon,
    side,
    row_id,
    account_id,
    date,
    value_date,
    {{ money('amount') }} as amount,
    currency,
    reference,
    references_text,
    counterparty_name,
    counterparty_account,
    description,
    document_type,
    group_id,
    known_at
from sides
