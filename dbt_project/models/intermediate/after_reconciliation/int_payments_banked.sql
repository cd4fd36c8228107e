{# Three kinds of evidence that money moved: the bank's line carries the payment's id; the ledger
   line that carries it was matched with a bank line; the provider's payout that holds it was. #}
with named_by_bank as (
    select
        payments.payment_id,
        min(case
            when (movements.amount > 0) = (payments.direction = 'incoming') then movements.movement_date
        end) as banked_date,
        min(case
            when (movements.amount > 0) <> (payments.direction = 'incoming') then movements.movement_date
        end) as returned_date
    from {{ ref('int_payments') }} as payments
    inner join {{ ref('int_bank_movements') }} as movements
        on payments.end_to_end_id = movements.end_to_end_id
    where payments.channel not in ('card', 'wallet')
    group by payments.payment_id
),

matched_in_ledger as (
    select
        payments.payment_id,
        min(matched.banked_date) as banked_date
    from {{ ref('int_payments') }} as payments
    inner join {{ ref('stg_ledger_postings') }} as postings
        on
            payments.end_to_end_id = postings.reference
            and (postings.amount > 0) = (payments.direction = 'incoming')
    inner join {{ ref('int_matched_bank_entries') }} as matched
        on postings.posting_id = matched.row_id and matched.recon = 'ledger_bank'
    where payments.channel not in ('card', 'wallet')
    group by payments.payment_id
),

paid_out as (
    select
        payments.payment_id,
        min(matched.banked_date) as banked_date
    from {{ ref('int_payments') }} as payments
    inner join {{ ref('stg_settlement_lines') }} as lines
        on
            payments.end_to_end_id = lines.merchant_reference
            and payments.provider = lines.provider
            and (lines.net_amount > 0) = (payments.direction = 'incoming')
    inner join {{ ref('stg_settlement_payouts') }} as payouts
        on lines.provider = payouts.provider and lines.payout_id = payouts.payout_id
    inner join {{ ref('int_matched_bank_entries') }} as matched
        on payouts.settlement_payout_id = matched.row_id and matched.recon = 'payout_bank'
    where payments.channel in ('card', 'wallet')
    group by payments.payment_id
),

evidence as (
    select
        payment_id,
        banked_date,
        returned_date
    from named_by_bank
    union all
    select
        payment_id,
        banked_date,
        cast(null as date) as returned_date
    from matched_in_ledger
    union all
    select
        payment_id,
        banked_date,
        cast(null as date) as returned_date
    from paid_out
)

select
    payment_id,
    min(banked_date) as banked_date,
    min(returned_date) as returned_date
from evidence
group by payment_id
