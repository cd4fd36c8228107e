{# The rows of a relation (those that meet the condition, where there is one) as one side of a reconciliation. #}
{% macro recon_side(recon, side, relation, condition=none) -%}
    select
        '{{ recon }}' as recon,
        '{{ side }}' as side,
        row_id,
        account_id,
        date,
        value_date,
        {{ money('amount') }} as amount,
        currency,
        reference,
        references_text,
        counterparty_name,
        counterparty_account,
        description,
        document_type,
        group_id,
        known_at
    from {{ relation }}
    {%- if condition %}
    where {{ condition }}
    {%- endif %}
{%- endmacro %}
