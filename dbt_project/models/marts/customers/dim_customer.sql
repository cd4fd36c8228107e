{%- set flags = {
    'vulnerable': 'is_vulnerable', 'hardship': 'in_hardship', 'dispute': 'has_dispute',
    'bankrupt': 'is_bankrupt', 'deceased': 'is_deceased'
} -%}
{%- set channels = ['call', 'sms', 'email', 'letter', 'any'] -%}
{# What forbids is lifted only by a later word that is no less specific: consent withdrawn for calls
   comes back with a consent to calls, not with one to anything. Of two words at the same moment the
   one that protects the customer stands; no word means no consent. Consents about one debt say
   nothing of the customer; a flag that stands for one debt does. #}
with words as (
    select
        customer_id,
        fact,
        channel,
        obligation_id,
        granted,
        effective_from
    from {{ ref('stg_consents') }}
    where effective_from <= {{ as_of_end() }}
),

latest_flags as (
    select
        customer_id,
        fact,
        obligation_id,
        max(case when granted then effective_from end) as set_at,
        max(case when not granted then effective_from end) as lifted_at
    from words
    where fact <> 'consent'
    group by customer_id, fact, obligation_id
),

flags as (
    select
        customer_id,
        {%- for fact, name in flags.items() %}
        max(case when fact = '{{ fact }}' then 1 else 0 end) = 1 as {{ name }},
        {%- endfor %}
        count(*) as standing
    from latest_flags
    where set_at is not null and (lifted_at is null or lifted_at <= set_at)
    group by customer_id
),

consents as (
    select
        customer_id,
        {%- for channel in channels %}
        max(case when channel = '{{ channel }}' and granted then effective_from end) as {{ channel }}_given,
        max(case when channel = '{{ channel }}' and not granted then effective_from end)
            as {{ channel }}_withdrawn,
        {%- endfor %}
        count(*) as said
    from words
    where fact = 'consent' and obligation_id is null
    group by customer_id
)

select
    customers.customer_id,
    customers.entity_id,
    customers.full_name,
    customers.birth_date,
    customers.segment,
    customers.country,
    customers.city,
    customers.time_zone,
    customers.joined_date,
    customers.income_band,
    {%- for name in flags.values() %}
    coalesce(flags.{{ name }}, false) as {{ name }},
    {%- endfor %}
    {{ consent_stands(
        'consents.call_given', 'consents.call_withdrawn', 'consents.any_given', 'consents.any_withdrawn'
    ) }} as may_call,
    {{ consent_stands(
        'consents.sms_given', 'consents.sms_withdrawn', 'consents.any_given', 'consents.any_withdrawn'
    ) }} as may_sms,
    {{ consent_stands(
        'consents.email_given', 'consents.email_withdrawn', 'consents.any_given', 'consents.any_withdrawn'
    ) }} as may_email,
    {{ consent_stands(
        'consents.letter_given', 'consents.letter_withdrawn', 'consents.any_given', 'consents.any_withdrawn'
    ) }} as may_letter
from {{ ref('stg_customers') }} as customers
left join flags on customers.customer_id = flags.customer_id
left join consents on customers.customer_id = consents.customer_id
