{# One row per end-to-end id that was ordered: its newest order, from our side. A payment between banks may
   have been ours or theirs: the accounts that we hold tell. #}
with sided_orders as (
    select
        orders.*,
        case
            when orders.message_type not like 'pacs%' then orders.direction
            when debtor_own.account_id is not null then 'outgoing'
            when creditor_own.account_id is not null then 'incoming'
            else orders.direction
        end as own_direction,
        orders.message_type not like 'pacs%'
        or debtor_own.account_id is not null
        or creditor_own.account_id is not null as is_ours
    from {{ ref('stg_payment_orders') }} as orders
    left join {{ ref('stg_accounts') }} as debtor_own
        on orders.debtor_account = debtor_own.account_id and debtor_own.account_kind = 'own'
    left join {{ ref('stg_accounts') }} as creditor_own
        on orders.creditor_account = creditor_own.account_id and creditor_own.account_kind = 'own'
),

ranked_orders as (
    select
        *,
        row_number() over (
            partition by end_to_end_id order by created_at desc, message_id desc, transaction_index desc
        ) as recency
    from sided_orders
)

select
    ranked_orders.end_to_end_id,
    ranked_orders.uetr,
    ranked_orders.own_direction as direction,
    ranked_orders.amount,
    ranked_orders.currency,
    ranked_orders.created_at,
    ranked_orders.requested_execution_date,
    ranked_orders.payment_information_id,
    ranked_orders.known_at,
    case
        when not ranked_orders.is_ours then null
        when ranked_orders.own_direction = 'outgoing' then ranked_orders.debtor_account
        else ranked_orders.creditor_account
    end as account_id,
    case ranked_orders.own_direction
        when 'outgoing' then ranked_orders.creditor_account else ranked_orders.debtor_account
    end as counterparty_account,
    case ranked_orders.own_direction
        when 'outgoing' then ranked_orders.creditor_name else ranked_orders.debtor_name
    end as counterparty_name
from ranked_orders
where ranked_orders.recency = 1
