{# Only matches that stand by themselves count as evidence; a suggestion waits for a person. #}
with members as (
    select
        recon,
        match_id,
        side,
        row_id
    from {{ ref('stg_recon_matches') }}
    where tier = 'auto' and kind <> 'offset'
)

select
    counterparts.recon,
    counterparts.row_id,
    min(bank.row_id) as entry_id,
    min(entries.movement_date) as banked_date
from members as bank
inner join members as counterparts
    on
        bank.recon = counterparts.recon
        and bank.match_id = counterparts.match_id
        and bank.side = 'left'
        and counterparts.side = 'right'
inner join {{ ref('int_bank_movements') }} as entries on bank.row_id = entries.entry_id
where bank.recon in ('ledger_bank', 'payout_bank')
group by counterparts.recon, counterparts.row_id
