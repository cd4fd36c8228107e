{# Fails for each combination of `columns` that more than one row has, or that is incomplete. #}
{% test unique_together(model, columns) %}
select
    {{ columns | join(', ') }},
    count(*) as rows_found
from {{ model }}
group by {{ columns | join(', ') }}
having
    count(*) > 1
{%- for column in columns %}
    or {{ column }} is null
    {%- endfor %}
{% endtest %}
