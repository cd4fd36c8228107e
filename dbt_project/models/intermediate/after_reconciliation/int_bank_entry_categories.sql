{# What a movement was for: the ledger knows, once its line is matched; otherwise the payment does,
   and last the bank's own code. A suggested match is good enough to say what kind of money it was. #}
with members as (
    select
        match_id,
        tier,
        side,
        row_id
    from {{ ref('stg_recon_matches') }}
    where recon = 'ledger_bank' and kind <> 'offset'
),

journals as (
    select distinct
        bank.row_id as entry_id,
        bank.tier,
        postings.book,
        postings.journal_id
    from members as bank
    inner join members as ledger
        on bank.match_id = ledger.match_id and bank.side = 'left' and ledger.side = 'right'
    inner join {{ ref('stg_ledger_postings') }} as postings on ledger.row_id = postings.posting_id
),

contra as (
    select
        journals.entry_id,
        coalesce(chart.cash_flow_category, case when chart.is_cash then 'transfer' end) as category,
        row_number() over (
            partition by journals.entry_id
            order by
                journals.tier,
                case when chart.is_cash then 2 when chart.cash_flow_category is null then 1 else 0 end,
                sum(abs(postings.amount)) desc,
                coalesce(chart.cash_flow_category, '')
        ) as weight_rank
    from journals
    inner join {{ ref('stg_ledger_postings') }} as postings
        on journals.book = postings.book and journals.journal_id = postings.journal_id
    inner join {{ ref('stg_chart_of_accounts') }} as chart on postings.account_code = chart.account_code
    group by journals.entry_id, journals.tier, chart.cash_flow_category, chart.is_cash
),

by_payment as (
    select
        end_to_end_id,
        min(category) as category
    from {{ ref('int_payments') }}
    group by end_to_end_id
)

select
    movements.entry_id,
    movements.account_id,
    movements.movement_date,
    movements.amount,
    movements.currency,
    coalesce(contra.category, by_payment.category, movements.coded_category, 'other') as category,
    movements.known_at
from {{ ref('int_bank_movements') }} as movements
left join contra on movements.entry_id = contra.entry_id and contra.weight_rank = 1
left join by_payment on movements.end_to_end_id = by_payment.end_to_end_id
