{# Two times: a document is superseded as a whole by the version that we learned of last.

   What makes a document is said by the contract of its table (see contracted_documents). A version of
   it is what one file says, and it is told when that file arrives; bytes that arrive again tell it
   again. Tellings are in the order of the day of arrival, and then of the number that the file got as
   it arrived. One that only repeats the version that stands is no news. Where the contract names a
   version column, an older state that is told late never stands.

   A file that holds only lines that were refused before does not replace a document but completes it:
   see supplements.sql. #}

{# The version of each document of a bronze table that stands at the end of the as-of day: its rows as
   they were recorded, and `stated_at`, the moment from which it stands. #}
{% macro latest_version(table) -%}
    select *
    from (
        {{ document_versions(table) }}
    ) as versions
    where superseded_at is null
{%- endmacro %}

{# The rows of every version of each document, once for each time that it was told, with

   stated_at        when it was told, from when it stands
   stated_in        the file that told it
   superseded_at  when another took its place (null while it stands): what we knew at a moment t are
                  the rows with stated_at <= t and (superseded_at is null or superseded_at > t)
   superseded_by  the file that did so
   superseded_reason  corrected, older_state (a newer one was known: it never stood) or line_resent
   stands_again   whether this row was told once more and stands
   supplement     0, or the number of the first arrival of a file that completed the document
   line_occurrence  which of the rows of the file that share what tells lines apart; 1 where documents
                  are never completed #}
{% macro document_versions(table) -%}
    {%- set about = contracted_documents()[table] -%}
    {%- if about.line -%}
    with {{ completed_document_lines(table) }}

    {% endif -%}
    select
        recorded.*,
        cast(1 as bigint) as line_occurrence,
        occurrence.stated_at,
        occurrence.stated_in,
        occurrence.number,
        occurrence.superseded_at,
        occurrence.superseded_by,
        occurrence.reason as superseded_reason,
        occurrence.stands_again,
        cast(0 as bigint) as supplement
    from {{ source('bronze', table) }} as recorded
    inner join (
        {{ document_occurrences(table) }}
    ) as occurrence
        on
            recorded.source_file = occurrence.source_file
            and {{ same_document('recorded', 'occurrence', about) }}
            {%- if about.version %}
            and {{ about.version }} = occurrence.state
            {%- endif %}
    {%- if about.line %}
    left join completed on {{ same_document('recorded', 'completed', about) }}
    where completed.source_count is null
    union all
    select *
    from completed_lines
    {%- endif %}
{%- endmacro %}

{# Each time that a version of a document was told as a whole: document key, `source_file` (and the
   `state` of a version column), and the columns of `document_versions`. #}
{% macro document_occurrences(table) -%}
    {%- set about = contracted_documents()[table] -%}
    {%- set key = about.key | join(', ') -%}
    {%- set state = ', state' if about.version else '' -%}
    {%- set in_order = 'partition by ' ~ key ~ ' order by stated_at, number, source_file'
        ~ (', state' if about.version else '') -%}
    {%- set occurrence -%}
        {{ occurrences_on_record(table) }}
    {%- endset -%}
    {%- set standing -%}
        {%- if about.version -%}
        select
            *,
            max(state) over ({{ in_order }} rows between unbounded preceding and current row) as newest,
            first_value(stated_in) over (
                partition by {{ key }}
                order by state desc, stated_at desc, number desc, source_file desc
            ) as newest_in
        from ({{ occurrence }}) as occurrence
        {%- else -%}
        {{ occurrence }}
        {%- endif -%}
    {%- endset -%}
    select
        {{ key }},
        source_file{{ state }},
        stated_at,
        stated_in,
        number,
        lead(stated_at) over ({{ in_order }}) as superseded_at,
        lead(stated_in) over ({{ in_order }}) as superseded_by,
        case when lead(stated_at) over ({{ in_order }}) is not null then 'corrected' end as reason,
        last_value(source_file) over (
            {{ in_order }} rows between unbounded preceding and unbounded following
        ) = source_file
        {%- if about.version %}
        and last_value(state) over (
            {{ in_order }} rows between unbounded preceding and unbounded following
        ) = state
        {%- endif %} as stands_again
    from (
        select
            *,
            lag(source_file) over ({{ in_order }}) as file_before
            {%- if about.version %},
            lag(state) over ({{ in_order }}) as state_before
            {%- endif %}
        from ({{ standing }}) as standing
        {%- if about.version %}
        where state = newest
        {%- endif %}
    ) as ordered
    where
        file_before is null
        or file_before <> source_file
        {%- if about.version %}
        or state_before <> state
        {%- endif %}
    {%- if about.version %}
    union all
    select
        {{ key }},
        source_file,
        state,
        stated_at,
        stated_in,
        number,
        stated_at as superseded_at,
        newest_in as superseded_by,
        'older_state' as reason,
        false as stands_again
    from ({{ standing }}) as standing
    where state < newest
    {%- endif %}
{%- endmacro %}

{# Each version of each document with each arrival that told it: of whole versions, or of supplements.
   Rows of a file that is not on record as arrived were told when they were recorded, before any that is. #}
{% macro occurrences_on_record(table, of_supplements=false) -%}
    {%- set about = contracted_documents()[table] -%}
    {%- set key = about.key | join(', ') -%}
    select
        {%- for column in about.key %}
        stated.{{ column }},
        {%- endfor %}
        stated.source_file,
        {%- if about.version %}
        stated.state,
        {%- endif %}
        coalesce(arrivals.known_at, stated.known_at) as stated_at,
        coalesce(arrivals.file, stated.source_file) as stated_in,
        coalesce(arrivals.number, 0) as number
        {%- if about.line %},
        case when supplements.source_file is null then 0 else greatest(supplements.first_number, 1) end
            as first_number
        {%- endif %}
    from (
        {%- for each in about.tables %}
        select distinct
            {{ key }},
            source_file,
            source_sha256,
            {%- if about.version %}
            {{ about.version }} as state,
            {%- endif %}
            known_at
        from {{ source('bronze', each) }}
        where known_at <= {{ as_of_end() }}
        {%- if not loop.last %}
        union
        {%- endif %}
        {%- endfor %}
    ) as stated
    left join {{ source('control', 'arrivals') }} as arrivals
        on stated.source_sha256 = arrivals.sha256 and arrivals.feed = '{{ about.feed }}'
    {%- if about.line %}
    left join (
        select
            source_file,
            document,
            min(number) as first_number
        from {{ ref('stg_document_supplements') }}
        where table_name = '{{ table }}'
        group by source_file, document
    ) as supplements
        on
            stated.source_file = supplements.source_file
            and {{ text_of('stated', about.key) }} = supplements.document
    {%- endif %}
    where
        coalesce(arrivals.known_at, stated.known_at) <= {{ as_of_end() }}
        {%- if about.line %}
        and supplements.source_file is {{ 'not ' if of_supplements }}null
        {%- endif %}
{%- endmacro %}

{# Whether two rows have the same document key. #}
{% macro same_document(left, right, about) -%}
    {%- for column in about.key -%}
        {{ ' and ' if not loop.first }}{{ left }}.{{ column }}
        {{- ' is not distinct from ' if column in about.optional else ' = ' }}{{ right }}.{{ column }}
    {%- endfor -%}
{%- endmacro %}
