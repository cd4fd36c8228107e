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

ledger as (
    select
        posting_id as row_id,
        account_id,
        entity_id,
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
    {# Opening balances carry the past forward: nothing settles them. #}
    where coalesce(document_type, '') <> 'opening' and amount <> 0
),

first_booked as (
    select min(date) as date
    from ledger
),

payouts as (
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
    left join payout_accounts
        on payouts.provider = payout_accounts.provider and payouts.currency = payout_accounts.currency
    where payouts.status in ('paid', 'in_transit') and payouts.amount <> 0
),

settlement_lines as (
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
),

card_payments as (
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
),

{# Both legs of a transfer between our own accounts, as the money that the receiving account gets. #}
own_transfers as (
    select
        bank.row_id,
        case when bank.amount < 0 then bank.counterparty_account else bank.account_id end as account_id,
        bank.date,
        bank.value_date,
        abs(bank.amount) as amount,
        bank.currency,
        bank.reference,
        bank.references_text,
        cast(null as {{ type_text() }}) as counterparty_name,
        case when bank.amount < 0 then bank.account_id else bank.counterparty_account end
            as counterparty_account,
        bank.description,
        bank.document_type,
        bank.group_id,
        bank.known_at,
        bank.amount < 0 as leaves
    from bank
    inner join {{ ref('stg_accounts') }} as own on bank.counterparty_account = own.account_id
    where own.account_kind = 'own' and bank.counterparty_account <> bank.account_id and bank.amount <> 0
),

{# Claims and receipts have no bank account of ours: they meet the ledger by entity or by currency.
   What was paid before the first posting is booked nowhere here. #}
claims_paid as (
    select
        paid.claim_transaction_id as row_id,
        cast(null as {{ type_text() }}) as account_id,
        paid.transaction_date as date,
        paid.transaction_date as value_date,
        case paid.transaction_type when 'paid' then -paid.amount else paid.amount end as amount,
        paid.currency,
        paid.payment_reference as reference,
        nullif(concat_ws(' ', paid.payment_reference, paid.claim_id), '') as references_text,
        paid.payee_name as counterparty_name,
        paid.payee_account as counterparty_account,
        concat_ws(' ', 'Claim', paid.claim_id) as description,
        paid.transaction_type as document_type,
        cast(null as {{ type_text() }}) as group_id,
        paid.known_at
    from {{ ref('stg_claim_transactions') }} as paid
    inner join first_booked on paid.transaction_date >= first_booked.date
    where paid.transaction_type in ('paid', 'recovery') and paid.amount <> 0
),

{# What a reversal takes back is told by the posting whose reference it bears; a returned debit of a
   collection that was booked in one sum bears the reference of its own. #}
taken_back as (
    select
        reference,
        max(case when document_type = 'claim' then 1 else 0 end) as claims,
        max(case when document_type not in ('receipt', 'reversal') then 1 else 0 end) as others
    from ledger
    where reference is not null
    group by reference
),

claims_booked as (
    select ledger.*
    from ledger
    left join taken_back on ledger.reference = taken_back.reference
    where
        ledger.document_type = 'claim'
        or (ledger.document_type = 'reversal' and taken_back.claims = 1)
),

{# The register keeps what stayed. What was collected and sent back is told by the payment hub: it
   came with its collection and left with its return, and the ledger has booked both. #}
sent_back as (
    select
        {{ joined_id(['payments.payment_id', 'moves.document_type']) }} as row_id,
        payments.entity_id as account_id,
        case moves.document_type
            when 'returned' then payments.returned_on else payments.collected_on
        end as date,
        case moves.document_type
            when 'returned' then -payments.amount else payments.amount
        end as amount,
        payments.currency,
        payments.end_to_end_id as reference,
        nullif(concat_ws(' ', payments.end_to_end_id, payments.obligation_id), '') as references_text,
        concat_ws(' ', payments.category, payments.obligation_id) as description,
        moves.document_type,
        payments.known_at
    from (
        select
            *,
            cast(returned_at as date) as returned_on,
            cast(coalesce(banked_at, settled_at, accepted_at, submitted_at) as date) as collected_on
        from {{ ref('int_payments') }}
        where channel = 'direct_debit' and direction = 'incoming' and amount <> 0
    ) as payments
    cross join (
        select 'collected' as document_type
        union all
        select 'returned' as document_type
    ) as moves
    where payments.returned_on is not null and payments.collected_on is not null
),

receipts as (
    select
        receipts.receipt_id as row_id,
        receipts.entity_id as account_id,
        receipts.received_date as date,
        receipts.received_date as value_date,
        receipts.amount,
        receipts.currency,
        receipts.payment_reference as reference,
        nullif(concat_ws(' ', receipts.payment_reference, receipts.obligation_id), '') as references_text,
        cast(null as {{ type_text() }}) as counterparty_name,
        cast(null as {{ type_text() }}) as counterparty_account,
        concat_ws(' ', receipts.obligation_type, receipts.obligation_id) as description,
        receipts.channel as document_type,
        cast(null as {{ type_text() }}) as group_id,
        receipts.known_at
    from {{ ref('stg_receipts') }} as receipts
    inner join first_booked on receipts.received_date >= first_booked.date
    {# Card money is booked when the provider pays it out: see card_settlement and payout_bank. #}
    where receipts.channel not in ('card', 'wallet') and receipts.amount <> 0
    union all
    select
        sent_back.row_id,
        sent_back.account_id,
        sent_back.date,
        sent_back.date as value_date,
        sent_back.amount,
        sent_back.currency,
        sent_back.reference,
        sent_back.references_text,
        cast(null as {{ type_text() }}) as counterparty_name,
        cast(null as {{ type_text() }}) as counterparty_account,
        sent_back.description,
        sent_back.document_type,
        cast(null as {{ type_text() }}) as group_id,
        sent_back.known_at
    from sent_back
    inner join first_booked on sent_back.date >= first_booked.date
),

receipts_booked as (
    select
        ledger.row_id,
        ledger.entity_id as account_id,
        ledger.date,
        ledger.value_date,
        ledger.amount,
        ledger.currency,
        ledger.reference,
        ledger.references_text,
        cast(null as {{ type_text() }}) as counterparty_name,
        cast(null as {{ type_text() }}) as counterparty_account,
        ledger.description,
        ledger.document_type,
        cast(null as {{ type_text() }}) as group_id,
        ledger.known_at
    from ledger
    left join taken_back on ledger.reference = taken_back.reference
    where
        ledger.document_type = 'receipt'
        or (ledger.document_type = 'reversal' and taken_back.others = 0)
),

{# What a third record says a payment was for: the side that agrees with it is right. #}
ordered_payments as (
    select
        reference,
        currency,
        {{ money('min(amount)') }} as amount
    from (
        select
            end_to_end_id as reference,
            currency,
            abs(amount) as amount
        from {{ ref('int_payments') }}
        where amount is not null
        union all
        select
            payout_id as reference,
            currency,
            abs(amount) as amount
        from {{ ref('stg_settlement_payouts') }}
    ) as told
    where reference is not null and currency is not null
    group by reference, currency
    having min(amount) = max(amount)
),

{% set sides = [
    ('ledger_bank', 'left', 'bank', 'true'),
    ('ledger_bank', 'right', 'ledger', 'true'),
    ('payout_bank', 'left', 'bank', 'provider is not null'),
    ('payout_bank', 'right', 'payouts', 'true'),
    ('card_settlement', 'left', 'settlement_lines', 'true'),
    ('card_settlement', 'right', 'card_payments', 'true'),
    ('own_transfers', 'left', 'own_transfers', 'leaves'),
    ('own_transfers', 'right', 'own_transfers', 'not leaves'),
    ('claims_ledger', 'left', 'claims_paid', 'true'),
    ('claims_ledger', 'right', 'claims_booked', 'true'),
    ('receipts_ledger', 'left', 'receipts', 'true'),
    ('receipts_ledger', 'right', 'receipts_booked', 'true'),
] %}
sides as (
    {% for recon, side, rows, condition in sides %}
    {{ recon_side(recon, side, rows, condition) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    sides.*,
    moved.charges,
    moved.instructed_amount,
    moved.instructed_currency,
    moved.exchange_rate,
    ordered_payments.amount as ordered_amount
from sides
left join {{ ref('int_bank_movements') }} as moved on sides.row_id = moved.entry_id
left join ordered_payments
    on sides.reference = ordered_payments.reference and sides.currency = ordered_payments.currency
