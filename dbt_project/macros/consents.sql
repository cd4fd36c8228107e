{# Whether consent to a channel stands, of the last moments at which it was given and withdrawn for the
   channel and for any: a withdrawal ends with a later word that is no less specific. #}
{% macro consent_stands(given, withdrawn, any_given, any_withdrawn) -%}
    coalesce(
        ({{ given }} is not null or {{ any_given }} is not null)
        and ({{ withdrawn }} is null or {{ given }} > {{ withdrawn }})
        and (
            {{ any_withdrawn }} is null
            or {{ any_given }} > {{ any_withdrawn }}
            or {{ given }} > {{ any_withdrawn }}
        ),
        false
    )
{%- endmacro %}
