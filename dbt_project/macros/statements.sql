{# Which statements were told when, in both tables of bronze: a corrected statement may have lost its
   entries, and then its balances say that it was corrected. #}
{% macro statements_told() -%}
    (
        select account_id, statement_id, known_at, source_file from {{ source('bronze', 'statement_entries') }}
        union all
        select account_id, statement_id, known_at, source_file from {{ source('bronze', 'statement_balances') }}
    ) as told
{%- endmacro %}

{# Intraday reports, notifications and confirmations repeat what the end-of-day statement books: not a
   movement. #}
{% macro is_interim(message_type) -%}
    (
        {{ message_type }} like 'camt.052%'
        or {{ message_type }} like 'camt.054%'
        or {{ message_type }} in ('MT942', 'MT900', 'MT910')
    )
{%- endmacro %}
