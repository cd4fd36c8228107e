{# The days on which a feature view states a row for an entity, and what was newest by then.

   A row stands for every day until the next one. So one is stated on each day on which a value
   changes: when something becomes known (`news`), when something enters or leaves a window
   (`changes`), and on every Monday, so that plain ages (days since, days until) are never more than
   six days old. Days without a change cost nothing.

   `news` and `changes` name relations with the entity's column and a column `day`; the first piece
   of news of an entity is its first row. `weekly_while` names a relation of facts with the entity and
   `last_day`: a Monday is stated only while a known fact says that the last day is not over. #}
{% macro feature_days(entity, news, changes, weekly_while=none) -%}
    select
        {{ entity }},
        day,
        max(case when is_news = 1 then day end) over (
            partition by {{ entity }} order by day rows between unbounded preceding and current row
        ) as known_date
    from (
        select
            stated.{{ entity }},
            stated.day,
            max(stated.is_news) as is_news
        from (
            select {{ entity }}, day, 1 as is_news from {{ news }}
            union all
            select {{ entity }}, day, 0 as is_news from {{ changes }}
            union all
            select begun.{{ entity }}, calendar.date as day, 0 as is_news
            from (select {{ entity }}, min(day) as first_day from {{ news }} group by {{ entity }}) as begun
            inner join {{ ref('int_calendar') }} as calendar
                on
                    begun.first_day <= calendar.date
                    and calendar.date <= {{ as_of() }}
                    and {{ weekday_number('calendar.date') }} = 1
            {%- if weekly_while %}
            inner join {{ weekly_while }} as running
                on
                    begun.{{ entity }} = running.{{ entity }}
                    and {{ known_on('running', 'calendar.date') }}
                    and calendar.date <= running.last_day
            {%- endif %}
        ) as stated
        inner join (
            select {{ entity }}, min(day) as first_day from {{ news }} group by {{ entity }}
        ) as begun on stated.{{ entity }} = begun.{{ entity }} and begun.first_day <= stated.day
        where stated.day <= {{ as_of() }}
        group by stated.{{ entity }}, stated.day
    ) as days
{%- endmacro %}

{# Whether what `fact` says was known, and not yet taken back, at the end of `day`. Written as plain
   comparisons: a join on `or` would try every pair. #}
{% macro known_on(fact, day) -%}
    {{ fact }}.known_date <= {{ day }}
    and coalesce({{ fact }}.superseded_date, cast('9999-12-31' as date)) > {{ day }}
{%- endmacro %}

{# Whether a date lies in the `days` days that end with `day`. #}
{% macro within(date, day, days) -%}
    {{ date }} > {{ add_days(day, -days) }} and {{ date }} <= {{ day }}
{%- endmacro %}

{# How often, or how much, of the facts that meet `condition`. #}
{% macro count_if(condition) -%}
    cast(coalesce(sum(case when {{ condition }} then 1 else 0 end), 0) as bigint)
{%- endmacro %}
{% macro sum_if(amount, condition) -%}
    {{ money('coalesce(sum(case when ' ~ condition ~ ' then ' ~ amount ~ ' end), 0)') }}
{%- endmacro %}
