{# Which version of which document no longer counts, what took its place, and why: with what stands in
   silver, all that bronze holds. The linter needs a minute for twenty tables' versions in one query. #}
-- noqa: disable=all
{% set documents = contracted_documents() %}
{% for table, about in documents.items() %}
select
    '{{ table }}' as table_name,
    {{ text_of('superseded', about.key) }} as document,
    superseded.source_file,
    superseded.superseded_by,
    superseded.superseded_reason as reason,
    min(superseded.stated_at) as told_at,
    max(superseded.superseded_at) as superseded_at,
    count(*) as rows,
    {% if about.amount -%}
    {{ money('sum(' ~ about.amount ~ ')') }}
    {%- else -%}
    cast(null as {{ type_money() }})
    {%- endif %} as amount
from (
    select
        *,
        rank() over (
            partition by
                source_file, line_occurrence
                {%- for column in about.key + about.line %},
                {{ column }}
                {%- endfor %}
                {%- if about.version %},
                {{ about.version }}
                {%- endif %}
            order by stated_at desc, number desc
        ) as occurrence_from_last
    from ({{ document_versions(table) }}) as versions
    where
        superseded_at is not null
        and not stands_again
        {%- if about.counted %}
        and {{ about.counted }}
        {%- endif %}
) as superseded
where superseded.occurrence_from_last = 1
group by 1, 2, 3, 4, 5
{% if not loop.last %}union all{% endif %}
{% endfor %}
