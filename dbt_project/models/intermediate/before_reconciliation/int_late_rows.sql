select
    sides.recon,
    sides.side,
    sides.row_id,
    landings.dated_period,
    landings.accounting_period
from {{ ref('int_recon_sides') }} as sides
inner join {{ ref('int_period_landings') }} as landings
    on {{ lands_late('sides.date', 'sides.known_at', 'landings') }}
