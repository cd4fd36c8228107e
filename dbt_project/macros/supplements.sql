{# A document is replaced only by a document: see the model stg_document_supplements. #}

{# The rows of documents that some supplement completes, in the columns of `document_versions`. Common
   table expressions, of which `completed` has the keys of these documents and `completed_lines` the rows.

   A whole version begins a period of its document and ends the one before. Within a period the last
   file to tell a line counts for it: the supplement, or the whole version told once more, which takes
   back the lines that it holds and leaves those that it lacks. #}
{% macro completed_document_lines(table) -%}
    {%- set about = contracted_documents()[table] -%}
    {%- set key = about.key | join(', ') -%}
    {%- set in_document = 'partition by ' ~ key ~ ' order by stated_at, number, source_file' -%}
    {%- set line = key ~ ', ' ~ about.line | join(', ') ~ ', line_occurrence' -%}
    {%- set in_period = 'partition by ' ~ line ~ ', period order by stated_at, number, source_file' -%}
    supplement_occurrences as (
        {{ occurrences_on_record(table, of_supplements=true) }}
    ),

    completed as (
        select
            {{ key }},
            count(*) as source_count
        from supplement_occurrences
        group by {{ key }}
    ),

    occurrence as (
        select
            *,
            case
                when source_file = lag(source_file) over ({{ in_document }}) then 0 else 1
            end as begins_period
        from (
            select wholes.*
            from (
                {{ occurrences_on_record(table) }}
            ) as wholes
            inner join completed on {{ same_document('wholes', 'completed', about) }}
        ) as wholes
        union all
        select
            *,
            0 as begins_period
        from supplement_occurrences
    ),

    periods as (
        select
            *,
            cast(sum(begins_period) over (
                {{ in_document }} rows between unbounded preceding and current row
            ) as bigint) as period
        from occurrence
    ),

    ended as (
        select
            *,
            max(case when begins_period = 1 then stated_at end) over (
                partition by {{ key }} order by period range between 1 following and 1 following
            ) as ended_at,
            max(case when begins_period = 1 then stated_in end) over (
                partition by {{ key }} order by period range between 1 following and 1 following
            ) as ended_by
        from periods
    ),

    recorded_lines as (
        select
            recorded.*,
            row_number() over (
                partition by
                    recorded.source_file
                    {%- for column in about.key + about.line %}, recorded.{{ column }}{% endfor %}
                order by recorded.source_row, recorded.source_path
            ) as line_occurrence
        from {{ source('bronze', table) }} as recorded
        inner join completed on {{ same_document('recorded', 'completed', about) }}
    ),

    line_occurrences as (
        select
            recorded.source_file
            {%- for column in about.key + about.line %},
            recorded.{{ column }}
            {%- endfor %},
            recorded.line_occurrence,
            ended.stated_at,
            ended.stated_in,
            ended.number,
            ended.first_number,
            ended.period,
            ended.ended_at,
            ended.ended_by
        from recorded_lines as recorded
        inner join ended
            on recorded.source_file = ended.source_file and {{ same_document('recorded', 'ended', about) }}
    ),

    lines_ended as (
        select
            *,
            lead(stated_at) over ({{ in_period }}) as resent_at,
            lead(stated_in) over ({{ in_period }}) as resent_by
        from (
            select
                *,
                lag(source_file) over ({{ in_period }}) as file_before
            from line_occurrences
        ) as in_period
        where file_before is null or file_before <> source_file
    ),

    completed_lines as (
        select
            recorded.*,
            occurrence.stated_at,
            occurrence.stated_in,
            occurrence.number,
            coalesce(occurrence.resent_at, occurrence.ended_at) as superseded_at,
            coalesce(occurrence.resent_by, occurrence.ended_by) as superseded_by,
            case
                when occurrence.resent_at is not null then 'line_resent'
                when occurrence.ended_at is not null then 'corrected'
            end as superseded_reason,
            max(
                case when occurrence.resent_at is null and occurrence.ended_at is null then 1 else 0 end
            ) over (
                partition by
                    occurrence.source_file
                    {%- for column in about.key + about.line %}, occurrence.{{ column }}{% endfor %},
                    occurrence.line_occurrence
            ) = 1 as stands_again,
            occurrence.first_number as supplement
        from recorded_lines as recorded
        inner join lines_ended as occurrence
            on
                recorded.source_file = occurrence.source_file
                and {{ same_document('recorded', 'occurrence', about) }}
                {%- for column in about.line %}
                and recorded.{{ column }} is not distinct from occurrence.{{ column }}
                {%- endfor %}
                and recorded.line_occurrence = occurrence.line_occurrence
    )
{%- endmacro %}

{# Columns of a key as one text. #}
{% macro text_of(relation, columns) -%}
    {%- if columns | length == 1 -%}
        cast({{ relation }}.{{ columns[0] }} as {{ type_text() }})
    {%- else -%}
        concat_ws('|'
        {%- for column in columns %}, coalesce(cast({{ relation }}.{{ column }} as {{ type_text() }}), ''){% endfor %})
    {%- endif -%}
{%- endmacro %}

{# The same as it compares, however a number in it is written: 04 is 4. #}
{% macro comparable_text_of(relation, columns) -%}
    concat_ws('|'
    {%- for column in columns %}, {{ comparable('cast(' ~ relation ~ '.' ~ column ~ ' as ' ~ type_text() ~ ')') }}
    {%- endfor %})
{%- endmacro %}

{# The same of what a refused row said; null when it said nothing of them. #}
{% macro refused_text(columns) -%}
    case
        when coalesce(
            {%- for column in columns %}{{ json_text('quarantine.content', column) }}, {% endfor %}null
        ) is not null
            then concat_ws('|'
            {%- for column in columns %}, {{ comparable(json_text('quarantine.content', column)) }}{% endfor %})
    end
{%- endmacro %}

{% macro comparable(text) -%}
    coalesce(cast(try_cast({{ clean(text) }} as bigint) as {{ type_text() }}), {{ clean(text) }}, '')
{%- endmacro %}

{# What a JSON text says under a name; null where it is no JSON or does not say it. #}
{% macro json_text(json, name) -%} {{ return(adapter.dispatch('json_text')(json, name)) }} {%- endmacro %}
{% macro duckdb__json_text(json, name) -%}
    case when json_valid({{ json }}) then json_extract_string({{ json }}, '$.{{ name }}') end
{%- endmacro %}
{% macro spark__json_text(json, name) -%} get_json_object({{ json }}, '$.{{ name }}') {%- endmacro %}

{# When the bytes of a file arrived first. #}
{% macro numbers_of_files(feed) -%}
    select
        sha256,
        min(number) as number
    from {{ source('control', 'arrivals') }}
    where feed = '{{ feed }}'
    group by sha256
{%- endmacro %}
