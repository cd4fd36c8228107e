{# Intraday reports and notifications repeat what the end-of-day statement books: not a movement. #}
{% macro is_interim(message_type) -%}
    ({{ message_type }} like 'camt.052%' or {{ message_type }} like 'camt.054%' or {{ message_type }} like 'MT942%')
{%- endmacro %}
