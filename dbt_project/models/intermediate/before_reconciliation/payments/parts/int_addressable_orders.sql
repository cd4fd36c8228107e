{# One row per ordered payment and way in which a status may speak of it: as its message, or as its batch. #}
select
    message_id,
    message_id as addressed_as,
    end_to_end_id
from {{ ref('stg_payment_orders') }}
where end_to_end_id is not null and end_to_end_id <> 'NOTPROVIDED'
union
select
    message_id,
    {{ batch_of_message('message_id', 'payment_information_id') }} as addressed_as,
    end_to_end_id
from {{ ref('stg_payment_orders') }}
where end_to_end_id is not null and end_to_end_id <> 'NOTPROVIDED'
