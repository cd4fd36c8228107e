{# A document is replaced only by a document. When some lines of a journal, a schedule or a report were
   refused and only those are sent again, the file completes the document and does not replace it.

   A version is a supplement when each of its lines was refused before (or there are refused rows of the
   document that did not say their line), and none of them stands in the version that it would replace.
   The first version of a document is always whole. What tells lines apart is the contract's `lineKey`;
   a table without one has no supplements. #}
{%- set documents = contracted_documents() -%}
with
{% for table, about in documents.items() if about.line %}
{{ table }}_refused as (
    select
        {{ refused_text(about.key) }} as document,
        {{ refused_text(about.line) }} as line,
        quarantine.known_at,
        coalesce(arrived.number, 0) as number
    from {{ source('control', 'quarantine') }} as quarantine
    left join ({{ numbers_of_files(about.feed) }}) as arrived on quarantine.sha256 = arrived.sha256
    where
        quarantine.table = '{{ table }}'
        and quarantine.known_at <= {{ as_of_end() }}
),

{{ table }}_lines as (
    select
        {{ text_of('recorded', about.key) }} as document,
        {{ text_of('recorded', about.line) }} as line,
        {{ comparable_text_of('recorded', about.key) }} as plain_document,
        {{ comparable_text_of('recorded', about.line) }} as plain_line,
        recorded.source_file,
        recorded.known_at,
        coalesce(arrived.number, 0) as number
    from {{ source('bronze', table) }} as recorded
    inner join (select distinct document from {{ table }}_refused) as refused
        on {{ comparable_text_of('recorded', about.key) }} = refused.document
    left join ({{ numbers_of_files(about.feed) }}) as arrived on recorded.source_sha256 = arrived.sha256
    where recorded.known_at <= {{ as_of_end() }}
),

{% endfor %}
refused as (
    {% for table, about in documents.items() if about.line %}
    select '{{ table }}' as table_name, * from {{ table }}_refused
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

lines as (
    {% for table, about in documents.items() if about.line %}
    select '{{ table }}' as table_name, * from {{ table }}_lines
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

judged as (
    select
        lines.table_name,
        lines.document,
        lines.line,
        lines.source_file,
        lines.known_at,
        lines.number,
        max(case when refused.line = lines.plain_line then 1 else 0 end) as was_refused,
        count(case when refused.document is not null and refused.line is null then 1 end) as unnamed
    from lines
    left join refused
        on
            lines.table_name = refused.table_name
            and lines.plain_document = refused.document
            and (
                lines.known_at > refused.known_at
                or (lines.known_at = refused.known_at and lines.number > refused.number)
            )
    group by lines.table_name, lines.document, lines.line, lines.source_file, lines.known_at, lines.number
),

counted as (
    select
        table_name,
        document,
        source_file,
        known_at,
        number,
        sum(1 - was_refused) as never_refused,
        max(unnamed) as unnamed,
        row_number() over (
            partition by table_name, document order by known_at, number, source_file
        ) as place
    from judged
    group by table_name, document, source_file, known_at, number
),

versions as (
    select
        *,
        max(case when place = 1 or never_refused > unnamed then place end) over (
            partition by table_name, document
            order by place rows between unbounded preceding and 1 preceding
        ) as base_place
    from counted
),

replacing as (
    select distinct
        versions.table_name,
        versions.document,
        versions.source_file
    from versions
    inner join versions as base
        on
            versions.table_name = base.table_name
            and versions.document = base.document
            and versions.base_place = base.place
    inner join lines as own
        on
            versions.table_name = own.table_name
            and versions.document = own.document
            and versions.source_file = own.source_file
    inner join lines as standing
        on
            base.table_name = standing.table_name
            and base.document = standing.document
            and base.source_file = standing.source_file
            and own.line = standing.line
)

select
    judged.table_name,
    judged.document,
    judged.line,
    judged.source_file,
    judged.known_at,
    judged.number
from judged
inner join versions
    on
        judged.table_name = versions.table_name
        and judged.document = versions.document
        and judged.source_file = versions.source_file
left join replacing
    on
        versions.table_name = replacing.table_name
        and versions.document = replacing.document
        and versions.source_file = replacing.source_file
where versions.place > 1 and versions.never_refused <= versions.unnamed and replacing.source_file is null
