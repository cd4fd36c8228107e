{# Text without surrounding blanks, of whatever width; a blank text is no text. #}
{% macro clean(column) -%} nullif({{ trimmed(column) }}, '') {%- endmacro %}

{# DuckDB trims every kind of space that Unicode knows, Spark only the plain one. #}
{% macro trimmed(column) -%} {{ return(adapter.dispatch('trimmed')(column)) }} {%- endmacro %}
{% macro duckdb__trimmed(column) -%} trim({{ column }}) {%- endmacro %}
{% macro spark__trimmed(column) -%}
    regexp_replace({{ column }}, r'^\p{Zs}+|\p{Zs}+\z', '')
{%- endmacro %}

{# The letters and digits of a text: what stays the same where case, blanks and marks change. #}
{% macro plain_words(text) -%} {{ return(adapter.dispatch('plain_words')(text)) }} {%- endmacro %}
{% macro duckdb__plain_words(text) -%}
    regexp_replace(lower({{ text }}), '[^\p{L}\p{N}]', '', 'g')
{%- endmacro %}
{% macro spark__plain_words(text) -%}
    regexp_replace(lower({{ text }}), r'[^\p{L}\p{N}]', '')
{%- endmacro %}

{# A surrogate id: the parts in order, joined by a bar, so that a reader can take it apart. #}
{% macro joined_id(parts) -%}
    concat_ws('|'{% for part in parts %}, cast({{ part }} as {{ type_text() }}){% endfor %})
{%- endmacro %}

{# A batch as a status of it is keyed when it comes in: the message, a slash, the batch. #}
{% macro batch_of_message(message, batch) -%} concat_ws('/', {{ message }}, {{ batch }}) {%- endmacro %}

{% macro type_text() -%} {{ return(adapter.dispatch('type_text')()) }} {%- endmacro %}
{% macro duckdb__type_text() -%} varchar {%- endmacro %}
{% macro spark__type_text() -%} string {%- endmacro %}

{# The distinct values of an aggregate as one text, in their order; null when there are none. #}
{% macro joined_text(expression) -%} {{ return(adapter.dispatch('joined_text')(expression)) }} {%- endmacro %}
{% macro duckdb__joined_text(expression) -%}
    string_agg(distinct {{ expression }}, ' ' order by {{ expression }})
{%- endmacro %}
{% macro spark__joined_text(expression) -%}
    nullif(concat_ws(' ', array_sort(collect_set({{ expression }}))), '')
{%- endmacro %}
