{# Intraday reports, notifications and confirmations repeat what the end-of-day statement books: not a
   movement. #}
{% macro is_interim(message_type) -%}
    (
        {{ message_type }} like 'camt.052%'
        or {{ message_type }} like 'camt.054%'
        or {{ message_type }} in ('MT942', 'MT900', 'MT910')
    )
{%- endmacro %}

{# A page of a long statement has its number at the end of its identity; the statement is all of them. #}
{% macro whole_statement(statement_id) -%}
    regexp_replace({{ statement_id }}, '/page [0-9]+$', '')
{%- endmacro %}
{% macro page_of_statement(statement_id) -%}
    coalesce(cast(nullif(regexp_extract({{ statement_id }}, '/page ([0-9]{1,9})$', 1), '') as bigint), 1)
{%- endmacro %}

{# Whether a statement covers the day: what a report of the day or a notification says of it no longer
   counts. `last_statement_date` is the column of int_statements. #}
{% macro is_covered(day, last_statement_date) -%}
    coalesce({{ day }} <= {{ last_statement_date }}, false)
{%- endmacro %}

{# Days by which a bank moves a movement that it restates under the same id, from the day on which a card
   was used to the day of booking: a reference that comes again later is another movement. #}
{% macro restated_within_days() -%} 10 {%- endmacro %}
