{# One row per general ledger, with the day of its first cash line: what happened before it is booked
   nowhere here. #}
select min(date) as date
from {{ ref('int_reconcilable_postings') }}
