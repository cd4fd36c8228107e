{{ config(tags=['gold']) }}
{# A feature row is computed from what was known by its own moment, and exists from some knowledge on. #}
{%- for name in [
    'ftr_account_cash', 'ftr_counterparty_activity', 'ftr_customer_contact', 'ftr_customer_payment_behaviour',
    'ftr_customer_velocity', 'ftr_policy_premium'
] %}
select
    '{{ name }}' as feature_table,
    event_timestamp,
    known_at
from {{ ref(name) }}
where known_at is null or known_at > event_timestamp or event_timestamp > {{ as_of_end() }}
{{ 'union all' if not loop.last }}
{%- endfor %}
