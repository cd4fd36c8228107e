{# Text without surrounding blanks; a blank text is no text. #}
{% macro clean(column) -%} nullif(trim({{ column }}), '') {%- endmacro %}

{# A surrogate id: the parts in order, joined by a bar, so that a reader can take it apart. #}
{% macro joined_id(parts) -%}
    concat_ws('|'{% for part in parts %}, cast({{ part }} as {{ type_text() }}){% endfor %})
{%- endmacro %}

{% macro type_text() -%} {{ return(adapter.dispatch('type_text')()) }} {%- endmacro %}
{% macro duckdb__type_text() -%} varchar {%- endmacro %}
{% macro spark__type_text() -%} string {%- endmacro %}
