{# An instalment of a loan by its own id, or, where two of them were given one id, by the loan and the
   number as well: money that names such an id cannot be said to pay either of them. #}
{% macro loan_instalment_id(versions) -%}
    {%- set place = joined_id([versions ~ '.loan_id', versions ~ '.instalment_number']) -%}
    case
        when
            min({{ place }}) over (partition by {{ clean(versions ~ '.instalment_id') }})
            = max({{ place }}) over (partition by {{ clean(versions ~ '.instalment_id') }})
            then {{ clean(versions ~ '.instalment_id') }}
        else concat_ws('/', {{ clean(versions ~ '.instalment_id') }}, {{ place }})
    end
{%- endmacro %}
