{%- set flags = {
    'vulnerable': 'is_vulnerable', 'hardship': 'in_hardship', 'dispute': 'has_dispute',
    'bankrupt': 'is_bankrupt', 'deceased': 'is_deceased'
} -%}
{%- set channels = ['call', 'sms', 'email', 'letter'] -%}
{# What was said of one channel and of any channel both speak of it; the later word stands, and of
   two at the same moment the one that protects the customer. No word means no consent. #}
with spoken as (
    select
        consents.customer_id,
        case consents.fact when 'consent' then channels.channel else consents.fact end as subject,
        consents.fact,
        consents.granted,
        consents.effective_from
    from {{ ref('stg_consents') }} as consents
    left join (
        {%- for channel in channels %}
        select '{{ channel }}' as channel{{ ' union all' if not loop.last }}
        {%- endfor %}
    ) as channels
        on consents.fact = 'consent' and consents.channel in (channels.channel, 'any')
    where consents.effective_from <= {{ as_of_end() }}
),

standing as (
    select
        customer_id,
        subject,
        granted
    from (
        select
            *,
            row_number() over (
                partition by customer_id, subject
                order by
                    effective_from desc,
                    case when (fact = 'consent') = granted then 1 else 0 end
            ) as recency
        from spoken
    ) as ranked
    where recency = 1
),

facts as (
    select
        customer_id,
        {%- for fact, name in flags.items() %}
        max(case when subject = '{{ fact }}' and granted then 1 else 0 end) = 1 as {{ name }},
        {%- endfor %}
        {%- for channel in channels %}
        max(case when subject = '{{ channel }}' and granted then 1 else 0 end) = 1 as may_{{ channel }},
        {%- endfor %}
        count(*) as words
    from standing
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
    coalesce(facts.{{ name }}, false) as {{ name }},
    {%- endfor %}
    coalesce(facts.may_call, false) as may_call,
    coalesce(facts.may_sms, false) as may_sms,
    coalesce(facts.may_email, false) as may_email,
    coalesce(facts.may_letter, false) as may_letter
from {{ ref('stg_customers') }} as customers
left join facts on customers.customer_id = facts.customer_id
