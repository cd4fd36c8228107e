{# Computes a model into a temporary table, publishes it to <lake>/<schema>/<model> as Delta and
   leaves a view on what was published, so that tests and children read what readers will read. #}
{% materialization delta, adapter='duckdb' %}
    {%- set target = this.incorporate(type='view') -%}
    {%- set staged = this.incorporate(
        type='table',
        path={'database': none, 'schema': none, 'identifier': this.identifier ~ '__staged'}
    ) -%}

    {{ run_hooks(pre_hooks) }}
    {% call statement('main') -%}
        {{ create_table_as(true, staged, sql) }}
    {%- endcall %}
    {% do adapter.commit() %}
    {% do adapter.store_relation('lake', target, [], this.identifier, 'delta', {
        'staged': staged.identifier,
        'note': {'invocation_id': invocation_id, 'as_of': as_of_day()},
    }) %}
    {{ run_hooks(post_hooks) }}

    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{# Shows the run every table of the lake as it stands when the run begins. Spark has a catalogue for that. #}
{% macro show_the_lake() %} {{ return(adapter.dispatch('show_the_lake')()) }} {% endmacro %}
{% macro duckdb__show_the_lake() %}
    {% if execute %}
        {% do adapter.store_relation(
            'lake', api.Relation.create(schema='lake', identifier='tables'), [], '', 'delta', {'refresh': true}
        ) %}
    {% endif %}
{% endmacro %}
{% macro spark__show_the_lake() %}{% endmacro %}
