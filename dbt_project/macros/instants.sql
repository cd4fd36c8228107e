{# Days and moments. A day ends at 23:59:59 UTC; a moment is always UTC. #}

{% macro type_instant() -%} {{ return(adapter.dispatch('type_instant')()) }} {%- endmacro %}
{% macro duckdb__type_instant() -%} timestamp with time zone {%- endmacro %}
{% macro spark__type_instant() -%} timestamp {%- endmacro %}

{# The day at whose end we stand: the var `as_of`, or else AS_OF in the environment, or else the last day
   on which the lake took something in. The environment and the lake are asked only when a model runs, so
   that another day does not make dbt parse the project anew. #}
{% macro as_of_day() -%}
    {%- set day = var('as_of') | string -%}
    {%- if execute and not day -%}
        {%- set day = env_var('AS_OF', '') or last_day_of_the_lake() -%}
        {%- if not day -%}
            {{ exceptions.raise_compiler_error(
                "The lake has taken nothing in, so no day is known. Say which: AS_OF=YYYY-MM-DD"
                ~ " or --vars 'as_of: YYYY-MM-DD'"
            ) }}
        {%- endif -%}
    {%- endif -%}
    {{ return(day) }}
{%- endmacro %}

{% macro last_day_of_the_lake() -%}
    {%- if not adapter.get_relation(database=target.database, schema='control', identifier='files') -%}
        {{ return('') }}
    {%- endif -%}
    {%- set found = run_query("select max(arrival_date) as day from control.files where state = 'loaded'") -%}
    {%- set day = found.columns[0].values()[0] -%}
    {{ return((day | string)[:10] if day else '') }}
{%- endmacro %}

{% macro as_of() -%} cast('{{ as_of_day() }}' as date) {%- endmacro %}

{% macro end_of_day(day) -%} {{ return(adapter.dispatch('end_of_day')(day)) }} {%- endmacro %}
{% macro duckdb__end_of_day(day) -%}
    cast(cast({{ day }} as timestamp) + interval 86399 seconds as timestamp with time zone)
{%- endmacro %}
{% macro spark__end_of_day(day) -%}
    cast(cast({{ day }} as timestamp) + interval 86399 seconds as timestamp)
{%- endmacro %}

{% macro as_of_end() -%} {{ end_of_day(as_of()) }} {%- endmacro %}

{% macro hours_between(earlier, later) -%}
    {{ return(adapter.dispatch('hours_between')(earlier, later)) }}
{%- endmacro %}
{% macro duckdb__hours_between(earlier, later) -%}
    cast(date_diff('second', {{ earlier }}, {{ later }}) * cast(1.0 as double) / cast(3600 as double) as double)
{%- endmacro %}
{% macro spark__hours_between(earlier, later) -%}
    cast((unix_timestamp({{ later }}) - unix_timestamp({{ earlier }})) / cast(3600 as double) as double)
{%- endmacro %}
