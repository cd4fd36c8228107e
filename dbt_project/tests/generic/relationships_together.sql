{# Fails for each row whose `columns` are not the `fields` of a row of `to`; a row that lacks one of them
   refers to nothing. #}
{% test relationships_together(model, columns, to, fields) %}
select child.*
from {{ model }} as child
left join {{ to }} as parent
    on
{%- for column in columns %}
        {{ 'and ' if not loop.first }}child.{{ column }} = parent.{{ fields[loop.index0] }}
{%- endfor %}
where
    parent.{{ fields[0] }} is null
{%- for column in columns %}
    and child.{{ column }} is not null
{%- endfor %}
{% endtest %}
