{# Arithmetic on dates that DuckDB and Spark spell differently. #}

{% macro add_days(day, days) -%} {{ return(adapter.dispatch('add_days')(day, days)) }} {%- endmacro %}
{% macro duckdb__add_days(day, days) -%} cast({{ day }} + cast({{ days }} as integer) as date) {%- endmacro %}
{% macro spark__add_days(day, days) -%} date_add({{ day }}, cast({{ days }} as int)) {%- endmacro %}

{% macro days_between(earlier, later) -%}
    {{ return(adapter.dispatch('days_between')(earlier, later)) }}
{%- endmacro %}
{% macro duckdb__days_between(earlier, later) -%} cast({{ later }} - {{ earlier }} as bigint) {%- endmacro %}
{% macro spark__days_between(earlier, later) -%} cast(datediff({{ later }}, {{ earlier }}) as bigint) {%- endmacro %}

{# 1 is Monday, 7 is Sunday. #}
{% macro weekday_number(day) -%} {{ return(adapter.dispatch('weekday_number')(day)) }} {%- endmacro %}
{% macro duckdb__weekday_number(day) -%} cast(extract(isodow from {{ day }}) as integer) {%- endmacro %}
{% macro spark__weekday_number(day) -%} (weekday({{ day }}) + 1) {%- endmacro %}

{# One row per day from `first_day` to `last_day`, in a column `day`; both are scalar expressions
   over the one row of `relation`. #}
{% macro day_series(relation, first_day, last_day) -%}
    {{ return(adapter.dispatch('day_series')(relation, first_day, last_day)) }}
{%- endmacro %}
{% macro duckdb__day_series(relation, first_day, last_day) -%}
    select cast(unnest(generate_series({{ first_day }}, {{ last_day }}, interval 1 day)) as date) as day
    from {{ relation }}
{%- endmacro %}
{% macro spark__day_series(relation, first_day, last_day) -%}
    select explode(sequence({{ first_day }}, {{ last_day }}, interval 1 day)) as day
    from {{ relation }}
{%- endmacro %}

{# Whole months from one day to a later one. #}
{% macro months_between(earlier, later) -%}
    cast(
        (extract(year from {{ later }}) - extract(year from {{ earlier }})) * 12
        + extract(month from {{ later }}) - extract(month from {{ earlier }})
        - case when extract(day from {{ later }}) < extract(day from {{ earlier }}) then 1 else 0 end
        as bigint
    )
{%- endmacro %}
