{# One row per reference of the ledger's cash lines, with what a reversal that bears it takes back.
   A returned debit of a collection that was booked in one sum bears the reference of its own. #}
select
    reference,
    max(case when document_type = 'claim' then 1 else 0 end) as claims,
    max(case when document_type not in ('receipt', 'reversal') then 1 else 0 end) as others
from {{ ref('int_reconcilable_postings') }}
where reference is not null
group by reference
