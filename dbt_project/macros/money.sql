{# Money is decimal from end to end; no step of these passes through a floating-point number. #}

{% macro type_money() -%} decimal(18, 3) {%- endmacro %}
{% macro money(expression) -%} cast({{ expression }} as {{ type_money() }}) {%- endmacro %}

{# A figure that a control holds: a sum of money, or whatever number a file states of itself. #}
{% macro type_total() -%} decimal(38, 3) {%- endmacro %}

{# Money that is to be multiplied. DuckDB keeps the product of decimals of up to 18 digits in 18 digits
   and fails when it is longer; Spark rounds one that may have more than 38. #}
{% macro wide(expression) -%} cast({{ expression }} as decimal(19, 3)) {%- endmacro %}

{# Money that may be too much to hold: then it is not known. #}
{% macro money_or_null(expression) -%} try_cast({{ expression }} as {{ type_money() }}) {%- endmacro %}

{# The currency that the house adds up in: the var `base_currency`, or else BASE_CURRENCY in the
   environment, which is asked only when a model runs, as for the day. #}
{% macro base_currency() -%}
    {%- set code = var('base_currency') | string -%}
    {%- if execute and not code -%}
        {%- set code = env_var('BASE_CURRENCY', 'EUR') -%}
    {%- endif -%}
    {{ return(code) }}
{%- endmacro %}

{# An amount in the base currency at the rate of `rates`, a row of int_fx_rates_daily. Rates are
   quoted either way round: units for one of base (divide) or base for one unit (multiply). #}
{% macro to_base(amount, currency, rates) -%}
    case
        when {{ currency }} = '{{ base_currency() }}' then {{ money(amount) }}
        when {{ rates }}.base_per_unit is not null
            then {{ money_or_null(wide(amount) ~ ' * ' ~ rates ~ '.base_per_unit') }}
        else {{ divide_money(amount, rates ~ '.units_per_base') }}
    end
{%- endmacro %}

{# A money amount divided by a rate with eight decimals, rounded half away from zero. #}
{% macro divide_money(amount, rate) -%} {{ return(adapter.dispatch('divide_money')(amount, rate)) }} {%- endmacro %}

{# DuckDB divides decimals as doubles, and Spark rounds their quotient before it is rounded to money:
   so divide whole numbers of thousandths instead. #}
{% macro duckdb__divide_money(amount, rate) -%}
    {%- set thousandths -%} cast(abs({{ wide(amount) }}) * 1000 as hugeint) {%- endset -%}
    {%- set scaled_rate -%} cast(cast({{ rate }} as decimal(19, 8)) * 100000000 as hugeint) {%- endset -%}
    try_cast(
        sign({{ amount }}) * try_cast(
            (2 * {{ thousandths }} * 100000000 + {{ scaled_rate }}) // (2 * {{ scaled_rate }})
            as decimal(18, 0)
        ) * cast(0.001 as decimal(4, 3)) as {{ type_money() }}
    )
{%- endmacro %}
{% macro spark__divide_money(amount, rate) -%}
    {%- set thousandths -%} cast(abs({{ amount }}) * 1000 as decimal(22, 0)) {%- endset -%}
    {%- set scaled_rate -%} cast({{ rate }} * 100000000 as decimal(18, 0)) {%- endset -%}
    try_cast(
        case when {{ amount }} < 0 then -1 else 1 end
        * ((2 * {{ thousandths }} * 100000000 + {{ scaled_rate }}) div (2 * {{ scaled_rate }}))
        * cast(0.001 as decimal(4, 3)) as {{ type_money() }}
    )
{%- endmacro %}

{# Standard deviation of `count` values from the sum of their squares and their sum; null sums are
   none at all. A statistic of money, not money: it is rounded only when it is stored. #}
{% macro deviation(squares, total, count) -%}
    sqrt(greatest(
        cast(coalesce({{ squares }}, 0) as double) * cast({{ 1 / count }} as double)
        - power(cast({{ total }} as double) * cast({{ 1 / count }} as double), 2),
        cast(0 as double)
    ))
{%- endmacro %}

{# A quotient as a floating-point number; null when there is nothing to divide by. Never for money. #}
{% macro ratio(numerator, denominator) -%}
    cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0)
{%- endmacro %}
