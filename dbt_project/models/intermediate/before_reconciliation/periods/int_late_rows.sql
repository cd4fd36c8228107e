select
    sides.recon,
    sides.side,
    sides.row_id,
    landings.dated_period,
    landings.accounting_period
from {{ ref('int_recon_sides') }} as sides
left join {{ ref('int_first_known') }} as stated on sides.row_id = stated.row_id
inner join {{ ref('int_period_landings') }} as landings
    on {{ lands_late('sides.date', 'coalesce(stated.known_at, sides.known_at)', 'landings') }}
