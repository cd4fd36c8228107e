select
    policy_id,
    entity_id,
    customer_id,
    product,
    cover,
    inception_date,
    expiry_date,
    status,
    annual_premium,
    currency,
    instalment_plan,
    payment_channel,
    broker
from {{ ref('stg_policies') }}
