{# A document is replaced only by a document: see the model int_document_supplements. #}

{# The lines of supplements with when they were told and superseded: each stands until a whole version
   of its document comes, or the line once more. Common table expressions over `whole`, the tellings of
   whole versions. #}
{% macro supplement_tellings(table) -%}
    {%- set about = contracted_documents()[table] -%}
    replaced as (
        select
            own.document,
            own.line,
            own.source_file,
            own.known_at as told_at,
            own.number,
            whole.told_at as replaced_at,
            whole.told_in as replaced_by,
            row_number() over (
                partition by own.document, own.line, own.source_file
                order by whole.told_at nulls last, whole.number nulls last
            ) as nearest
        from {{ ref('int_document_supplements') }} as own
        left join whole
            on
                own.document = {{ text_of('whole', about.key) }}
                and (
                    own.known_at < whole.told_at
                    or (own.known_at = whole.told_at and own.number < whole.number)
                )
        where own.table_name = '{{ table }}'
    ),

    resent as (
        select
            *,
            lead(told_at) over ({{ line_in_order() }}) as resent_at,
            lead(source_file) over ({{ line_in_order() }}) as resent_by
        from replaced
        where nearest = 1
    ),

    supplement_tellings as (
        select
            document,
            line,
            source_file,
            told_at,
            number,
            coalesce(resent_at, replaced_at) as superseded_at,
            coalesce(resent_by, replaced_by) as superseded_by,
            case
                when resent_at is not null then 'line_resent' when replaced_at is not null then 'corrected'
            end as reason
        from resent
    )
{%- endmacro %}

{% macro line_in_order() -%}
    partition by document, line, replaced_at, replaced_by order by told_at, number, source_file
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
