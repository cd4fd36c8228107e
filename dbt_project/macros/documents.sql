{# Two times: a document is superseded as a whole by the version that we learned of last. #}

{# The newest version, known at the end of the as-of day, of each document of a bronze table.
   `document_key` is the contract's documentKey; of two versions known at the same moment the file
   that sorts last wins. #}
{% macro latest_version(relation, document_key) -%}
    select *
    from (
        select
            *,
            dense_rank() over (
                partition by {{ document_key | join(', ') }}
                order by known_at desc, source_file desc
            ) as version_rank
        from {{ relation }}
        where known_at <= {{ as_of_end() }}
    ) as ranked
    where version_rank = 1
{%- endmacro %}

{# Every version of each document, and the moment from which a later one took its place
   (`superseded_at`, null while it stands): what we knew at a moment t are the rows with
   known_at <= t and (superseded_at is null or superseded_at > t). A document whose rows lie in several
   tables is `told_by` all of them: a new version may have nothing for one. #}
{% macro document_versions(relation, document_key, told_by=none) -%}
    {%- set key = document_key | join(', ') -%}
    select
        recorded.*,
        versions.superseded_at
    from {{ relation }} as recorded
    inner join (
        select
            {{ key }},
            known_at,
            source_file,
            lead(known_at) over (partition by {{ key }} order by known_at, source_file) as superseded_at
        from (
            select distinct {{ key }}, known_at, source_file
            from {{ told_by or relation }}
            where known_at <= {{ as_of_end() }}
        ) as stated
    ) as versions
        on
            recorded.known_at = versions.known_at
            and recorded.source_file = versions.source_file
            {%- for column in document_key %}
            and recorded.{{ column }} = versions.{{ column }}
            {%- endfor %}
{%- endmacro %}
