{# An instalment of a loan by its own id, or, where two of them were given one id, by the loan and the
   number as well: money that names such an id cannot be said to pay either of them. #}
{% macro loan_instalment_id(relation='') -%}
    {%- set place = joined_id([relation ~ 'loan_id', relation ~ 'instalment_number']) -%}
    case
        when
            min({{ place }}) over (partition by {{ clean(relation ~ 'instalment_id') }})
            = max({{ place }}) over (partition by {{ clean(relation ~ 'instalment_id') }})
            then {{ clean(relation ~ 'instalment_id') }}
        else concat_ws('/', {{ clean(relation ~ 'instalment_id') }}, {{ place }})
    end
{%- endmacro %}
