{# Which version of which document no longer counts, what took its place, and why: with what stands in
   silver, all that bronze holds. The linter cannot parse twenty tables' versions in one query. #}
-- noqa: disable=all
{% set documents = contracted_documents() %}
{% for table, about in documents.items() %}
select
    '{{ table }}' as table_name,
    {{ text_of('superseded', about.key) }} as document,
    superseded.source_file,
    superseded.superseded_by,
    superseded.superseded_reason as reason,
    min(superseded.told_at) as told_at,
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
        max(number) over (
            partition by source_file, {{ about.key | join(', ') }}
            {%- if about.version %}, {{ about.version }}{% endif %}
        ) as last_number
    from ({{ document_versions(table) }}) as versions
    where
        superseded_at is not null
        and not stands_again
        {%- if about.counted %}
        and {{ about.counted }}
        {%- endif %}
) as superseded
where superseded.number = superseded.last_number
group by 1, 2, 3, 4, 5
{% if not loop.last %}union all{% endif %}
{% endfor %}
