{# Accounting periods are months, written yyyy-mm. A row dated in a closed period that becomes known
   after the figures were closed lands in the first period that was then open. #}

{% macro period_of(day) -%} substr(cast({{ day }} as {{ type_text() }}), 1, 7) {%- endmacro %}

{# Whether a row lands in the period that `landings`, a row of int_period_landings, names. #}
{% macro lands_late(day, known_at, landings) -%}
    {{ period_of(day) }} = {{ landings }}.dated_period
    and cast({{ known_at }} as date) > {{ landings }}.known_after
    and cast({{ known_at }} as date) <= coalesce({{ landings }}.known_until, cast('9999-12-31' as date))
{%- endmacro %}

{# The period that a row counts in, and the closed one that it came too late for; `late` is a row of
   int_period_landings or int_late_rows, or of nulls. #}
{% macro period_columns(day, late) -%}
    coalesce({{ late }}.accounting_period, {{ period_of(day) }}) as accounting_period,
    {{ late }}.dated_period as late_for_period
{%- endmacro %}
